import { renameSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Names of the files of a recording. */
export const mediaName = 'media.mp4';
/** What position 0 of {@link mediaName} is, should the recording go on. */
export const mediaPlaceName = 'media.json';
/** The folder of the files of each participant's sound. */
export const tracksName = 'tracks';

/** Where a segment belongs: beside its file, as JSON. */
export interface SegmentPlace {
  /** Milliseconds of the machine's monotonic clock at position 0. */
  readonly startMs: number;
  /** Whether it follows the one before without a gap. */
  readonly joined: boolean;
}

/** A segment that there is. */
export interface SegmentFile extends SegmentPlace {
  readonly number: number;
  readonly path: string;
}

/** What participants may be called in names of files. */
const participantPattern = /^[A-Za-z0-9_-]{1,64}$/;
const segmentPattern = /^segment-(\d{1,9})\.mp4$/;
const trackPattern = /^(\d{1,9})\.([A-Za-z0-9_-]{1,64})\.m4a$/;

/** The name of a segment. */
export const segmentName = (segment: number): string => `segment-${segment}.mp4`;
/** The name of the place of a segment. */
export const segmentPlaceName = (segment: number): string => `segment-${segment}.json`;

/** The name of a participant's sound in a segment, which no finished file can have; null where the id could be another file's name. */
export function trackName(segment: number, participantId: string): string | null {
  return participantPattern.test(participantId) ? `${segment}.${participantId}.m4a` : null;
}

/** Writes where a segment belongs, at once or not at all. */
export function writePlace(
  directory: string,
  name: string,
  { startMs, joined }: SegmentPlace,
): void {
  const temporary = join(directory, `.${name}.part`);
  writeFileSync(temporary, JSON.stringify({ startMs, joined }));
  renameSync(temporary, join(directory, name));
}

/** The segments in a directory, in order. One whose place nobody knows follows directly. */
export async function listSegments(directory: string): Promise<SegmentFile[]> {
  const numbers = (await readdir(directory))
    .map((name) => segmentPattern.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
  return Promise.all(
    numbers.map(async (number) => ({
      number,
      path: join(directory, segmentName(number)),
      ...(await readPlace(join(directory, segmentPlaceName(number)))),
    })),
  );
}

/** The files of participants' sound, by participant and segment. */
export async function listTracks(directory: string): Promise<Map<string, Map<number, string>>> {
  const tracks = new Map<string, Map<number, string>>();
  const folder = join(directory, tracksName);
  for (const name of await readdir(folder).catch(() => [])) {
    const [, segment, id] = trackPattern.exec(name) ?? [];
    if (segment === undefined || id === undefined) continue;
    const files = tracks.get(id) ?? new Map<number, string>();
    tracks.set(id, files.set(Number(segment), join(folder, name)));
  }
  return tracks;
}

/** Removes all segments of a recording with what belongs to them. */
export async function removeSegments(directory: string): Promise<void> {
  for (const { number, path } of await listSegments(directory)) {
    await rm(path, { force: true });
    await rm(join(directory, segmentPlaceName(number)), { force: true });
  }
}

/**
 * A finished recording goes on: what there is becomes segment 0 again. (Nothing is both: a media file beside segments
 * always has them in it.)
 */
export async function reopen(directory: string): Promise<void> {
  const has = new Set(await readdir(directory));
  if (!has.has(mediaName) || [...has].some((name) => segmentPattern.test(name))) return;
  if (has.has(mediaPlaceName)) {
    await rename(join(directory, mediaPlaceName), join(directory, segmentPlaceName(0)));
  }
  const tracks = join(directory, tracksName);
  for (const name of await readdir(tracks).catch(() => [])) {
    const id = name.endsWith('.m4a') ? name.slice(0, -'.m4a'.length) : '';
    const track = trackName(0, id);
    if (track !== null) await rename(join(tracks, name), join(tracks, track));
  }
  await rename(join(directory, mediaName), join(directory, segmentName(0)));
}

/** Where a segment belongs; directly after the one before where that cannot be read. */
async function readPlace(path: string): Promise<SegmentPlace> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof value === 'object' && value !== null && 'startMs' in value) {
      const { startMs } = value;
      const joined = 'joined' in value && value.joined === true;
      if (typeof startMs === 'number' && Number.isFinite(startMs)) return { startMs, joined };
    }
  } catch {
    // As if it were not there.
  }
  return { startMs: Number.NaN, joined: true };
}
