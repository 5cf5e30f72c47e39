import { expect, it } from 'vitest';
import { playPaused } from '../../../web/lib/show-track.ts';

it('what the browser held back goes on, where there is something of the call to show', async () => {
  const played: string[] = [];
  const video = (name: string, paused: boolean, srcObject: MediaStream | null) => ({
    paused,
    srcObject,
    play: () => {
      played.push(name);
      return Promise.reject(new Error('NotAllowedError'));
    },
  });
  const stream = {} as MediaStream;
  playPaused([
    video('held back', true, stream),
    video('playing', false, stream),
    video('of a recording', true, null),
    video('held back too', true, stream),
  ]);
  // One that still may not is no failure of the page.
  await Promise.resolve();
  expect(played).toEqual(['held back', 'held back too']);
});
