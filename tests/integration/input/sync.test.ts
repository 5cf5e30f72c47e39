import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MediaInput } from '../../../mixer/input/index.ts';
import { type ClipOptions, makeClip } from '../../harness/clips.ts';
import {
  countOf,
  inputOpener,
  listen,
  lumaAt,
  make,
  onsetsOf,
  peakOf,
  scratchFolder,
} from './reading.ts';

const folder = scratchFolder();
const open = inputOpener();

/** What is seen and heard of an input. */
async function perceive(
  input: MediaInput,
  { seconds, step = 0.01 }: { seconds: number; step?: number },
): Promise<{ flashes: number[]; beeps: number[] }> {
  const flashes: number[] = [];
  let isLit = false;
  const count = Math.round(seconds / step);
  const sound = new Float32Array(Math.round(seconds * 48_000));
  for (let k = 0; k < count; k += 1) {
    const picture = await input.pictureAt(k * step);
    const luma = picture === null ? 0 : lumaAt(picture, 8, 8);
    if (luma > 150 && !isLit) flashes.push(k * step);
    isLit = luma > 150;
    const from = Math.round(k * step * 48_000);
    sound.set(await input.samples(Math.round((k + 1) * step * 48_000) - from), from);
  }
  return { flashes, beeps: onsetsOf(sound) };
}

/** The longest time between a flash and its beep, in seconds. */
const worst = (flashes: readonly number[], beeps: readonly number[]): number =>
  Math.max(...flashes.map((flash, index) => Math.abs(flash - beeps[index]!)));

/** Flashes with beeps at 0.5, 1.5, … s. */
const marked = (
  container: NonNullable<ClipOptions['container']>,
  {
    video = {},
    audio = {},
    seconds = 4,
  }: { video?: object; audio?: object; seconds?: number } = {},
): Promise<string> =>
  makeClip(folder, {
    ...{ seconds, container, marks: 1 },
    video: { picture: '#101010', size: [96, 64], ...video },
    audio: { tone: 0, ...audio },
  });

describe('pictures and sound', () => {
  it.each(['mp4', 'mkv', 'webm', 'ts', 'avi'] as const)('begin together: %s', async (container) => {
    const { flashes, beeps } = await perceive(await open(await marked(container)), { seconds: 4 });
    expect(flashes).toHaveLength(4);
    expect(beeps).toHaveLength(4);
    expect(worst(flashes, beeps)).toBeLessThan(0.04);
  });

  it.each([
    ['mp4', 'picture'],
    ['webm', 'picture'],
    ['ts', 'picture'],
    ['mp4', 'sound'],
    ['webm', 'sound'],
    ['ts', 'sound'],
  ] as const)(
    'stay together where one of them starts late: %s, the %s',
    async (container, late) => {
      const path = await marked(
        container,
        late === 'sound' ? { audio: { startsAt: 1 } } : { video: { startsAt: 1 } },
      );
      const { flashes, beeps } = await perceive(await open(path), { seconds: 4 });
      expect([...(late === 'sound' ? flashes : beeps)]).toHaveLength(4);
      expect([...(late === 'sound' ? beeps : flashes)]).toHaveLength(3);
      expect(worst(flashes.slice(-3), beeps.slice(-3))).toBeLessThan(0.04);
    },
  );

  it('stay together in an excerpt that begins between keyframes', async () => {
    const cut = ['-ss', '1.3', '-i', await marked('mp4', { seconds: 6 }), '-c', 'copy'];
    const excerpt = await make(join(folder, 'excerpt.mp4'), ...cut);
    const { flashes, beeps } = await perceive(await open(excerpt), { seconds: 4 });
    expect(flashes).toEqual([0.2, 1.2, 2.2, 3.2].map((at) => expect.closeTo(at, 1) as unknown));
    expect(worst(flashes, beeps)).toBeLessThan(0.04);
  });

  it('stay together from any place on', async () => {
    const path = await marked('mp4', { seconds: 30 });
    const { flashes, beeps } = await perceive(await open(path, { startSeconds: 17.77 }), {
      seconds: 3,
    });
    expect(flashes).toEqual([0.73, 1.73, 2.73].map((at) => expect.closeTo(at, 1) as unknown));
    expect(worst(flashes, beeps)).toBeLessThan(0.04);
  });

  it.each([
    ['0.1 % too slow', 0.999],
    ['2 % too fast', 1.02],
  ])('stay together for ten minutes where the clock of the sound is %s', async (name, rate) => {
    // More samples, or fewer, than the time they are said to take: what another clock has sampled.
    const path = join(folder, `${name.replaceAll(/\W/g, '')}.mkv`);
    const mark = (time: string): string => `lt(mod(${time}+15,30),0.1)`;
    await make(
      path,
      ...['-f', 'lavfi', '-i', 'color=black:s=32x32:r=10:d=600'],
      ...['-f', 'lavfi', '-i'],
      `aevalsrc='0.5*sin(2*PI*1000*t)*${mark(`t/${rate}`)}':s=8000:d=${600 * rate}`,
      '-filter_complex',
      `[0:v]drawbox=c=white:t=fill:enable='${mark('t+0.001')}'[v];[1:a]asetnsamples=800,asetpts=PTS/${rate}[a]`,
      ...['-map', '[v]', '-map', '[a]', '-c:v', 'mpeg4', '-c:a', 'pcm_s16le'],
    );
    const { flashes, beeps } = await perceive(await open(path), { seconds: 600, step: 0.1 });
    expect(flashes).toHaveLength(20);
    expect(beeps).toHaveLength(20);
    expect(worst(flashes, beeps)).toBeLessThan(0.04);
  });

  it('end each for itself', async () => {
    const short = await makeClip(folder, { seconds: 1, container: 'wav', audio: { tone: 440 } });
    const long = await makeClip(folder, {
      ...{ seconds: 3, container: 'mp4' },
      video: { picture: 'counter', size: [96, 64] },
    });
    const copied = ['-map', '0:v', '-map', '1:a', '-c:v', 'copy', '-c:a', 'flac'];
    const path = await make(join(folder, 'uneven.mkv'), '-i', long, '-i', short, ...copied);
    const input = await open(path);
    expect(input.durationSeconds).toBeCloseTo(3, 1);
    expect(peakOf((await listen(input, 2)).subarray(48_100))).toBe(0);
    expect(countOf(await input.pictureAt(2.5))).toBe(62 % 55);
    expect(input.endedAt(2)).toBe(false);
    expect(input.endedAt(3.1)).toBe(true);
  });

  it.each(['mkv', 'webm'] as const)(
    'play to where a truncated file ends: %s',
    async (container) => {
      const whole = readFileSync(await marked(container, { seconds: 12, video: { noise: 50 } }));
      const path = join(folder, `truncated.${container}`);
      writeFileSync(path, whole.subarray(0, whole.length / 2));
      const input = await open(path);
      expect(input.durationSeconds).toBeGreaterThan(4);
      expect(input.durationSeconds).toBeLessThan(8);
      const { flashes, beeps } = await perceive(input, { seconds: 12 });
      expect(flashes.length).toBe(Math.round(input.durationSeconds));
      expect(worst(flashes, beeps)).toBeLessThan(0.04);
    },
  );
});
