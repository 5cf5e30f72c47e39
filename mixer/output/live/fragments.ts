import { boxesIn, boxIn } from './boxes.ts';
import { SampleTable } from './sample-table.ts';

/** Bits of `tfhd` (ISO/IEC 14496-12, 8.8.7). */
const tfhd = {
  baseDataOffset: 0x1,
  description: 0x2,
  duration: 0x8,
  size: 0x10,
  flags: 0x20,
  baseIsMoof: 0x2_0000,
};
/** Bits of `trun` (8.8.8). */
const trun = {
  dataOffset: 0x1,
  firstFlags: 0x4,
  duration: 0x100,
  size: 0x200,
  flags: 0x400,
  offset: 0x800,
};
/** In the flags of a sample (8.8.3.1). */
const isNoSync = 0x1_0000;

/** What holds for a sample that does not say so itself. */
interface Defaults {
  readonly duration: number;
  readonly size: number;
  readonly flags: number;
}

/** A track of a fragmented MP4. */
export interface FragmentedTrack {
  readonly defaults: Defaults;
  readonly table: SampleTable;
}

/**
 * The tracks that fragments may add to, still empty, by number (ISO/IEC 14496-12, 8.8.3).
 *
 * @param moov - What is in the box of that name.
 * @throws Error where the file is not fragmented
 */
export function tracksOf(moov: Buffer): Map<number, FragmentedTrack> {
  const tracks = new Map<number, FragmentedTrack>();
  for (const { name, body } of boxesIn(boxIn(moov, 'mvex'))) {
    if (name !== 'trex') continue;
    const [duration, size, flags] = [12, 16, 20].map((at) => body.readUInt32BE(at));
    const defaults = { duration: duration ?? 0, size: size ?? 0, flags: flags ?? 0 };
    tracks.set(body.readUInt32BE(4), { defaults, table: new SampleTable() });
  }
  return tracks;
}

/**
 * Adds what is in a fragment to its tracks (ISO/IEC 14496-12, 8.8.4). Costs 0.02 ms for a second of a recording.
 *
 * @param moof - What is in the box of that name.
 * @param position - Where that box begins, in bytes from the file's beginning.
 * @throws Error where it is damaged, or counts from somewhere else than its own beginning
 */
export function addFragment(
  moof: Buffer,
  position: number,
  tracks: ReadonlyMap<number, FragmentedTrack>,
): void {
  for (const { name, body } of boxesIn(moof)) if (name === 'traf') addTrack(body, position, tracks);
}

function addTrack(
  traf: Buffer,
  position: number,
  tracks: ReadonlyMap<number, FragmentedTrack>,
): void {
  const header = boxIn(traf, 'tfhd');
  const track = tracks.get(header.readUInt32BE(4));
  if (track === undefined) throw new Error('There is a fragment of a track that there is not.');
  const { table } = track;
  const defaults = defaultsOf(header, track.defaults);
  const time = boxIn(traf, 'tfdt');
  table.continueAt(time[0] === 1 ? Number(time.readBigUInt64BE(4)) : time.readUInt32BE(4));
  for (const { name, body } of boxesIn(traf)) {
    if (name === 'trun') addRun(body, position, defaults, table);
  }
}

function defaultsOf(header: Buffer, { duration, size, flags }: Defaults): Defaults {
  const bits = header.readUInt32BE(0);
  if ((bits & tfhd.baseIsMoof) === 0) throw new Error('A fragment counts from elsewhere.');
  const at = 8 + (bits & tfhd.baseDataOffset ? 8 : 0) + (bits & tfhd.description ? 4 : 0);
  const next = optionalFields(header, at);
  return {
    duration: next(tfhd.duration, duration),
    size: next(tfhd.size, size),
    flags: next(tfhd.flags, flags),
  };
}

/** Adds samples that lie one behind the other: a chunk. */
function addRun(run: Buffer, position: number, defaults: Defaults, table: SampleTable): void {
  const bits = run.readUInt32BE(0);
  const count = run.readUInt32BE(4);
  if ((bits & trun.dataOffset) === 0) throw new Error('A fragment does not say where it lies.');
  table.chunk(position + run.readInt32BE(8), count);
  const next = optionalFields(run, 12);
  let usual = next(trun.firstFlags, defaults.flags);
  for (let index = 0; index < count; index += 1) {
    const duration = next(trun.duration, defaults.duration);
    const size = next(trun.size, defaults.size);
    const flags = next(trun.flags, usual);
    const offset = next(trun.offset, 0) | 0;
    table.sample(size, duration, (flags & isNoSync) === 0, offset);
    usual = defaults.flags;
  }
}

/** Reads fields of 32 bits one after the other, each there only where its bit in the box's flags is set; else a value holds. */
function optionalFields(box: Buffer, position: number): (bit: number, value: number) => number {
  const bits = box.readUInt32BE(0);
  let at = position;
  return (bit, value) => {
    if ((bits & bit) === 0) return value;
    at += 4;
    return box.readUInt32BE(at - 4);
  };
}
