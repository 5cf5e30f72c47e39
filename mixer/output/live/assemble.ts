import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleRate } from '../../audio/format.ts';
import { LiveMuxer } from './live-muxer.ts';
import { lengthOfMedia } from './media-length.ts';
import { pictureRate } from './picture-line.ts';
import { makePoster, posterName } from './poster.ts';
import { samplesPerTick, soundPacket } from './program.ts';
import {
  listSegments,
  listTracks,
  mediaName,
  mediaPlaceName,
  removeSegments,
  segmentPlaceName,
  tracksName,
  writePlace,
  type SegmentFile,
} from './segment-files.ts';
import { offsetOf, type PlacedSegment } from './segment-offset.ts';
import { SegmentReader } from './segment-reader.ts';
import { encodeSilence } from './sound-encoder.ts';
import { SoundJoiner } from './sound-joiner.ts';
import { cutToWholeFragments } from './whole-fragments.ts';

/** A recording that plays. */
export interface Assembled {
  readonly durationSeconds: number;
  readonly bytes: number;
}

/** A frame of silence, and what describes it. */
type Silence = Awaited<ReturnType<typeof encodeSilence>>;

/**
 * Makes `media.mp4`, the participants' sound and the poster of the segments in a directory, whatever state these are in.
 * Packets are copied. Until everything is there nothing is removed: ended in the middle, it can be called again.
 *
 * @returns null where nothing plays
 * @throws Error where the disk fails; the segments stay
 */
export async function assemble(directory: string): Promise<Assembled | null> {
  const media = join(directory, mediaName);
  const temporary = join(directory, `.${mediaName}.part`);
  await rm(temporary, { force: true });
  if (!(await exists(media))) {
    const silence = await encodeSilence();
    try {
      const offsets = await joinSegments(await listSegments(directory), temporary, silence);
      if (offsets === null) return null;
      await joinTracks(directory, offsets, silence);
      const last = [...offsets.values()].at(-1);
      if (last !== undefined) keepPlace(directory, last);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    } finally {
      silence.codec.close();
    }
    await rename(temporary, media);
  }
  return conclude(directory);
}

/**
 * Makes a recording of its only segment, which was finished as it should be or is all that a full disk can hold: only
 * names change.
 */
export async function adopt(directory: string, segment: SegmentFile): Promise<Assembled | null> {
  if (!(await plays(segment.path))) return null;
  const place = { startMs: segment.startMs, offset: 0 };
  const silence = await encodeSilence();
  try {
    await joinTracks(directory, new Map([[segment.number, place]]), silence);
  } catch {
    // A disk that is full: they stay as they are, and can be made from that.
  } finally {
    silence.codec.close();
  }
  await rename(
    join(directory, segmentPlaceName(segment.number)),
    join(directory, mediaPlaceName),
  ).catch(() => undefined);
  await rename(segment.path, join(directory, mediaName));
  return conclude(directory);
}

/** There is a media file: what it was made of goes. */
async function conclude(directory: string): Promise<Assembled | null> {
  const media = join(directory, mediaName);
  await removeSegments(directory);
  for (const [id, files] of await listTracks(directory)) {
    const made = await exists(join(directory, tracksName, `${id}.m4a`));
    if (made) for (const path of files.values()) await rm(path, { force: true });
  }
  const poster = join(directory, posterName);
  if (!(await exists(poster))) {
    // A recording without one is a recording.
    await makePoster(media, poster).catch(() => undefined);
  }
  const durationSeconds = await lengthOfMedia(media);
  return durationSeconds === null ? null : { durationSeconds, bytes: (await stat(media)).size };
}

/** Joins segments to one file. Returns where each is in it; null where nothing plays. */
async function joinSegments(
  segments: readonly SegmentFile[],
  path: string,
  silence: Silence,
): Promise<Map<number, PlacedSegment> | null> {
  const offsets = new Map<number, PlacedSegment>();
  let muxer: LiveMuxer | null = null;
  let before: PlacedSegment | null = null;
  let last = -1;
  let end = 0;
  const sound = new SoundJoiner(silence.data, (data, position) => {
    muxer?.write(1, soundPacket(data, position));
  });
  try {
    for (const segment of segments) {
      await cutToWholeFragments(segment.path);
      const reader = await SegmentReader.open(segment.path);
      if (reader === null) continue;
      try {
        const { pictures } = reader;
        if (pictures === null) continue;
        const offset = offsetOf(segment, before, end);
        let begun = false;
        for await (const packet of reader.read()) {
          if (packet.kind === 'sound') {
            if (begun) sound.push(packet.data, packet.position + offset * samplesPerTick);
            continue;
          }
          // Before a keyframe nothing can be shown.
          if (!begun && !packet.keyframe) continue;
          begun = true;
          muxer ??= LiveMuxer.open(path, {
            format: 'mp4',
            streams: [
              { kind: 'copy', parameters: pictures, rate: pictureRate },
              { kind: 'aac', codec: silence.codec.context },
            ],
            options: { movflags: 'faststart' },
          });
          const position = Math.max(packet.position + offset, last + 1);
          muxer.write(0, { ...packet, position });
          last = position;
          end = Math.max(end, position + packet.duration);
        }
        if (!begun) continue;
        end = Math.max(end, Math.round(sound.end / samplesPerTick));
        // How long after its own beginning what is left of it begins does not matter: positions are the file's.
        before = { startMs: segment.startMs, offset };
        offsets.set(segment.number, before);
      } finally {
        reader.close();
      }
    }
    if (muxer === null) return null;
    sound.fillTo(Math.round(end * samplesPerTick));
    await muxer.finishLater();
    return offsets;
  } catch (error) {
    muxer?.close();
    throw error;
  }
}

/** Joins each participant's sound of several segments to one file. The files it is made of stay. */
async function joinTracks(
  directory: string,
  offsets: ReadonlyMap<number, PlacedSegment>,
  silence: Silence,
): Promise<void> {
  for (const [id, files] of await listTracks(directory)) {
    const temporary = join(directory, tracksName, `.${id}.part`);
    const muxer = LiveMuxer.open(temporary, {
      format: 'ipod',
      streams: [{ kind: 'aac', codec: silence.codec.context }],
      options: { movflags: 'faststart' },
    });
    const sound = new SoundJoiner(silence.data, (data, position) => {
      muxer.write(0, soundPacket(data, position));
    });
    try {
      for (const [segment, path] of [...files].sort(([a], [b]) => a - b)) {
        const place = offsets.get(segment);
        if (place === undefined) continue;
        await cutToWholeFragments(path);
        const reader = await SegmentReader.open(path);
        if (reader === null) continue;
        try {
          for await (const { data, position } of reader.read()) {
            sound.push(data, position + place.offset * samplesPerTick);
          }
        } finally {
          reader.close();
        }
      }
      if (sound.end === 0) sound.fillTo(sampleRate);
      await muxer.finishLater();
      await rename(temporary, join(directory, tracksName, `${id}.m4a`));
    } catch (error) {
      muxer.close();
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  }
}

/** Keeps when position 0 would have been, going by the last segment: for one that may follow. */
function keepPlace(directory: string, { startMs, offset }: PlacedSegment): void {
  const start = startMs - (offset * 1000) / pictureRate;
  if (Number.isFinite(start)) {
    writePlace(directory, mediaPlaceName, { startMs: start, joined: false });
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

/** Whether there is a picture in a file. */
async function plays(path: string): Promise<boolean> {
  const reader = await SegmentReader.open(path);
  if (reader === null) return false;
  try {
    for await (const { kind } of reader.read()) if (kind === 'picture') return true;
    return false;
  } finally {
    reader.close();
  }
}
