import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { makeClip } from '../../harness/clips.ts';
import { printed } from '../../harness/ffmpeg.ts';

/** Kept from run to run: making them takes longer than most measurements. */
export const clipFolder = 'tests/output/clips';

/**
 * The clip of a number: as cameras and screens make them, each moves in its own way, and none is free of noise.
 * @returns the path of a WebM with VP8
 */
export function vp8Clip(
  index: number,
  size: readonly [width: number, height: number],
  { seconds, fps = 25, kilobits }: { seconds: number; fps?: number; kilobits: number },
): Promise<string> {
  mkdirSync(clipFolder, { recursive: true });
  const picture = (['life', 'testsrc2', 'mandelbrot'] as const)[index % 3]!;
  return makeClip(clipFolder, {
    seconds,
    container: 'webm',
    video: {
      ...{ picture, size, fps, seed: index, noise: 6 },
      // As browsers encode: no picture from the future, no keyframe that nobody asked for.
      options: [
        ...['-b:v', `${kilobits}k`, '-maxrate', `${kilobits}k`, '-bufsize', `${kilobits}k`],
        ...['-g', '3000', '-lag-in-frames', '0', '-auto-alt-ref', '0', '-threads', '1'],
      ],
    },
  });
}

/** What is in a clip as raw I420, in a file beside it. */
export async function rawOf(clip: string): Promise<string> {
  const raw = `${clip}.yuv`;
  if (existsSync(raw)) return raw;
  const unfinished = `${raw}-${process.pid}`;
  await printed('ffmpeg', [
    ...['-v', 'error', '-i', clip, '-f', 'rawvideo', '-pix_fmt', 'yuv420p', unfinished],
  ]);
  renameSync(unfinished, raw);
  return raw;
}

/** So many black pictures as raw I420, in a file. */
export async function blankPictures(
  { width, height }: { width: number; height: number },
  count: number,
): Promise<string> {
  mkdirSync(clipFolder, { recursive: true });
  const raw = join(clipFolder, `black-${width}x${height}-${count}.yuv`);
  if (existsSync(raw)) return raw;
  await printed('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', `color=black:s=${width}x${height}`],
    ...['-frames:v', String(count), '-f', 'rawvideo', '-pix_fmt', 'yuv420p', raw],
  ]);
  return raw;
}
