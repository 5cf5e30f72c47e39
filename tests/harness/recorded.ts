import { expect } from 'vitest';
import type { Person } from './chromium.ts';
import { decode, pictureAt, probe } from './judge.ts';
import type { Rgb } from './probes.ts';
import { mediaOf, type Recording } from './recordings.ts';

/**
 * Everything the file of a recording must be, whatever happened in the call.
 *
 * @param size - of its pictures
 * @returns its path
 */
export async function judgeRecording(
  dataDirectory: string,
  recording: Recording,
  size: { width: number; height: number },
): Promise<string> {
  const file = mediaOf(dataDirectory, recording.id);
  const { container, video, audio, durationSeconds } = await probe(file);
  expect(container).toContain('mp4');
  expect(video).toMatchObject({ codec: 'h264', ...size });
  expect(audio).toMatchObject({ codec: 'aac', sampleRate: 48_000 });
  expect(Math.abs(durationSeconds! - recording.durationSeconds)).toBeLessThan(0.1);
  expect(Math.abs(video!.durationSeconds! - audio!.durationSeconds!)).toBeLessThan(0.1);
  expect((await decode(file)).errors).toEqual([]);
  return file;
}

/** The colour in the middle of somebody's tile, as another person's layout has it, in a picture of a file. */
export async function colourIn(file: string, frame: number, who: Person, id: string): Promise<Rgb> {
  const { x, y, width, height } = who.tileOf(id)!;
  const picture = await pictureAt(file, { frame });
  return [...picture.colourAt(x + (width >> 1) - 4, y + (height >> 1) - 4, 8, 8)];
}
