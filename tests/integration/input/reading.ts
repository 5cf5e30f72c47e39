// What the tests of inputs share: a folder for their files, inputs that are closed again, and eyes and ears.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AV_PIX_FMT_BGRA } from 'node-av/constants';
import { afterAll, afterEach } from 'vitest';
import type { Picture } from '../../../mixer/compositor/picture.ts';
import { type MediaInput, type MediaOptions, openMedia } from '../../../mixer/input/index.ts';
import { printed } from '../../harness/ffmpeg.ts';

/** A folder that is gone after the tests of a file. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'onegrid-input-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens inputs that are closed after each test. */
export function inputOpener(): (path: string, options?: MediaOptions) => Promise<MediaInput> {
  const opened: MediaInput[] = [];
  afterEach(() => opened.splice(0).forEach((input) => input.close()));
  return async (path, options) => {
    const input = await openMedia(path, options);
    opened.push(input);
    return input;
  };
}

/** Has ffmpeg write a file, from whatever inputs; for what `makeClip` does not make. */
export async function make(path: string, ...args: readonly string[]): Promise<string> {
  await printed('ffmpeg', ['-v', 'error', '-y', ...args, path]);
  return path;
}

/** The brightness of a pixel: luma of limited range. */
export function lumaAt(picture: Picture | null, x: number, y: number): number {
  if (picture === null || !('frame' in picture)) throw new Error('There is no decoded picture.');
  const { data, linesize, format } = picture.frame;
  const [pixels] = data ?? [];
  const [stride = 0] = linesize;
  if (pixels === undefined) throw new Error('The picture has no content.');
  if (format !== AV_PIX_FMT_BGRA) return pixels[y * stride + x]!;
  const at = y * stride + 4 * x;
  const [blue, green, red] = pixels.subarray(at, at + 3);
  return 16 + 0.257 * red! + 0.504 * green! + 0.098 * blue!;
}

/** Which frame of a `counter` clip a picture is, modulo 55; null where there is none. */
export function countOf(picture: Picture | null): number | null {
  if (picture === null) return null;
  return Math.round((lumaAt(picture, picture.width >> 1, picture.height >> 1) - 16) / 4);
}

/** The counts that an input shows at so many moments, 1/25 s apart. */
export async function countsOf(input: MediaInput, moments: number): Promise<(number | null)[]> {
  const counts = [];
  for (let k = 0; k < moments; k += 1) counts.push(countOf(await input.pictureAt(k / 25)));
  return counts;
}

/** The next seconds of an input's sound, read in small pieces. */
export async function listen(input: MediaInput, seconds: number): Promise<Float32Array> {
  const sound = new Float32Array(Math.round(seconds * 48_000));
  for (let at = 0; at < sound.length; at += 960) {
    sound.set(await input.samples(Math.min(960, sound.length - at)), at);
  }
  return sound;
}

/** Seconds at which sound starts that follows at least 50 ms of silence. */
export function onsetsOf(sound: Float32Array): number[] {
  const found: number[] = [];
  let lastHeard = -Infinity;
  sound.forEach((sample, index) => {
    if (Math.abs(sample) < 0.1) return;
    if (index - lastHeard > 2400) found.push(index / 48_000);
    lastHeard = index;
  });
  return found;
}

/** The largest sample, without its sign. */
export function peakOf(sound: Float32Array): number {
  return sound.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
}
