import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { showProgress } from '../../../mixer/cli/progress.ts';

it('elsewhere than on a terminal there is a line every few seconds', () => {
  let now = 1000;
  const stream = new PassThrough();
  const progress = showProgress(stream, () => now);
  for (let frame = 1; frame <= 500; frame += 1) {
    now += 20;
    progress.update({ frame, frames: 500, fps: 25 });
  }
  progress.stop();
  expect(String(stream.read())).toBe(
    [
      'frame 150 of 500, 2.0x, 7 s left',
      'frame 300 of 500, 2.0x, 4 s left',
      'frame 450 of 500, 2.0x, 1 s left',
      '',
    ].join('\n'),
  );
});

it('a terminal gets a bar with frame, speed and time left', () => {
  let now = 0;
  const stream = Object.assign(new PassThrough(), {
    isTTY: true,
    columns: 120,
    ...{ cursorTo: () => true, clearLine: () => true, moveCursor: () => true },
  });
  const progress = showProgress(stream, () => now);
  for (let frame = 1; frame <= 500; frame += 1) {
    now += 20;
    progress.update({ frame, frames: 500, fps: 25 });
  }
  progress.stop();
  progress.stop();
  const shown = String(stream.read());
  expect(shown).toContain('100% | frame 500/500 | 2.0x | 0 s left');
});
