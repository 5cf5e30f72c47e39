import { open } from 'node:fs/promises';
import { sampleRate } from '../../audio/format.ts';
import { boxesIn, BoxReader } from './boxes.ts';
import { durationIn, timescaleOf } from './media-headers.ts';
import { pictureRate } from './picture-line.ts';
import { SegmentReader } from './segment-reader.ts';

/**
 * How long an MP4 plays, in seconds. An ordinary one says so. One in fragments, as a disk that is full leaves it, is read to
 * its end, which takes seconds for an hour.
 *
 * @returns null where it does not play
 * @throws Error where the disk fails
 */
export async function lengthOfMedia(path: string): Promise<number | null> {
  return (await lengthAsTold(path)) ?? countedLength(path);
}

/** As the header of an ordinary file has it; FFmpeg tells it only after it has looked into the streams. */
async function lengthAsTold(path: string): Promise<number | null> {
  const file = await open(path);
  try {
    const reader = new BoxReader(file);
    for await (const box of reader.boxes()) {
      if (box.name !== 'moov' || box.end === null) continue;
      const parts = new Map(
        Array.from(boxesIn(await reader.body(box)), ({ name, body }) => [name, body]),
      );
      const header = parts.get('mvhd');
      if (header === undefined || parts.has('mvex')) return null;
      return durationIn(header) / timescaleOf(header);
    }
    return null;
  } finally {
    await file.close();
  }
}

async function countedLength(path: string): Promise<number | null> {
  const reader = await SegmentReader.open(path);
  if (reader === null) return null;
  try {
    let seconds = 0;
    for await (const { kind, position, duration } of reader.read()) {
      const rate = kind === 'picture' ? pictureRate : sampleRate;
      seconds = Math.max(seconds, (position + duration) / rate);
    }
    return seconds;
  } finally {
    reader.close();
  }
}
