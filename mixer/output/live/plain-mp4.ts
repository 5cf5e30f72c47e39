import { open, type FileHandle } from 'node:fs/promises';
import { boxesIn, boxIn, boxOf, BoxReader, lengthOf, words } from './boxes.ts';
import { addFragment, tracksOf, type FragmentedTrack } from './fragments.ts';

// mp4box (npm) would keep an object for each sample, and wants the media, too, pushed through it.

/** Length and name of a box with its length in 64 bits (ISO/IEC 14496-12, 4.2). */
const wideHeaderBytes = 16;

/** Longer than that a length needs 64 bits; all ones mean that nobody knows. */
const longestShort = 0xffff_fffe;

/** A fragmented file, read. */
interface Fragmented {
  /** What is in the `moov` it begins with. */
  readonly moov: Buffer;
  /** Where that begins, in bytes. */
  readonly position: number;
  readonly tracks: ReadonlyMap<number, FragmentedTrack>;
}

/**
 * Makes an ordinary MP4 of a fragmented one where it lies, without touching its media: behind the fragments comes the table of
 * all samples, and when that is on the disk, everything from the first `moov` to there becomes one `mdat` (ISO/IEC 14496-12,
 * 8.1.1) by 16 bytes that are written at once. Before these the file is what it was, with something behind it that players
 * skip; so whoever is told of an error may cut it to the length it had.
 *
 * Only the fragments' tables are read, about 0.2 s for an hour; meanwhile other work has its turn.
 *
 * @returns the length of the file in bytes
 * @throws Error where the disk fails or is full, or the file is no fragmented one, or not whole
 */
export async function makePlain(path: string): Promise<number> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    const { moov, position, tracks } = await readFragmented(file);
    const table = plainMoov(moov, tracks);
    await writeAt(file, table, size);
    await file.datasync();
    await writeAt(file, [wideHeader('mdat', size - position)], position);
    return size + lengthOf(table);
  } finally {
    // All is written: what may still fail here takes nothing away.
    await file.close().catch(() => undefined);
  }
}

async function readFragmented(file: FileHandle): Promise<Fragmented> {
  const reader = await BoxReader.open(file);
  let head: Fragmented | null = null;
  for await (const box of reader.boxes()) {
    if (box.end === null) throw new Error('The file is not whole.');
    if (box.name === 'moov') {
      const moov = Buffer.from(await reader.body(box));
      head = { moov, position: box.position, tracks: tracksOf(moov) };
    } else if (box.name === 'moof' && head !== null) {
      addFragment(await reader.body(box), box.position, head.tracks);
    }
  }
  if (head === null) throw new Error('The file is no MP4.');
  return head;
}

/**
 * The `moov` of an ordinary file (ISO/IEC 14496-12, 8.2.1), in parts: that of the fragmented one, with what the fragments told.
 *
 * @param moov - What is in the `moov` of the fragmented file.
 * @param tracks - By number; they can be used for that once.
 * @throws Error where it is damaged, or has other tracks
 */
function plainMoov(moov: Buffer, tracks: ReadonlyMap<number, FragmentedTrack>): readonly Buffer[] {
  const movieScale = timescaleOf(boxIn(moov, 'mvhd'));
  const parts: Buffer[] = [];
  let longest = 0;
  for (const { name, body } of boxesIn(moov)) {
    if (name === 'mvex' || name === 'mvhd') continue;
    if (name !== 'trak') {
      parts.push(...boxOf(name, body));
      continue;
    }
    // Behind the version, the flags and two times.
    const header = boxIn(body, 'tkhd');
    const track = tracks.get(header.readUInt32BE(header[0] === 1 ? 20 : 12));
    if (track === undefined) throw new Error('There is a track that is not in fragments.');
    const { trak, duration } = plainTrack(body, track, movieScale);
    parts.push(...trak);
    longest = Math.max(longest, duration);
  }
  const header = withDuration(boxIn(moov, 'mvhd'), 4, longest);
  return boxOf('moov', ...boxOf('mvhd', ...header), ...parts);
}

/** A `trak` (8.3.1), and its length in units of the movie. */
function plainTrack(
  trak: Buffer,
  { table }: FragmentedTrack,
  movieScale: number,
): { readonly trak: Buffer[]; readonly duration: number } {
  const scale = timescaleOf(boxIn(boxIn(trak, 'mdia'), 'mdhd'));
  const delay = Math.floor((table.start * movieScale) / scale);
  const length = Math.ceil((table.duration * movieScale) / scale);
  const duration = delay + length;
  const parts: Buffer[] = [];
  for (const { name, body } of boxesIn(trak)) {
    if (name === 'edts') continue;
    if (name === 'mdia') parts.push(...plainMedia(name, body, table));
    else if (name !== 'tkhd') parts.push(...boxOf(name, body));
    else {
      parts.push(...boxOf(name, ...withDuration(body, 8, duration)));
      if (delay > 0) parts.push(...boxOf('edts', ...boxOf('elst', ...laterBy(delay, length))));
    }
  }
  return { trak: boxOf('trak', ...parts), duration };
}

/** `mdia`, `minf` and `stbl` (8.4.1, 8.4.4, 8.5.1), of which only the tables and the length change. */
function plainMedia(name: string, media: Buffer, table: FragmentedTrack['table']): Buffer[] {
  const parts: Buffer[] = [];
  for (const box of boxesIn(media)) {
    if (box.name === 'mdhd') {
      parts.push(...boxOf(box.name, ...withDuration(box.body, 4, table.duration)));
    } else if (box.name === 'minf' || box.name === 'stbl') {
      parts.push(...plainMedia(box.name, box.body, table));
    } else if (!['stts', 'stsc', 'stsz', 'stco'].includes(box.name)) {
      parts.push(...boxOf(box.name, box.body));
    }
  }
  if (name === 'stbl') parts.push(...table.finish());
  return boxOf(name, ...parts);
}

/** What is in an `elst` (8.6.6, version 1): nothing for so long, then everything. */
function laterBy(delay: number, length: number): Buffer[] {
  const edits = Buffer.alloc(40);
  edits.writeBigUInt64BE(BigInt(delay), 0);
  edits.writeBigInt64BE(-1n, 8);
  edits.writeBigUInt64BE(BigInt(length), 20);
  for (const rate of [16, 36]) edits.writeUInt16BE(1, rate);
  return [words(1 << 24, 2), edits];
}

/** Of `mvhd` or `mdhd` (8.2.2, 8.4.2): units a second. */
function timescaleOf(header: Buffer): number {
  return header.readUInt32BE(header[0] === 1 ? 20 : 12);
}

/**
 * `mvhd`, `tkhd` or `mdhd` (8.2.2, 8.3.2, 8.4.2) with another length. All begin with two times; then comes something else,
 * `between` bytes, then the length. Times and length have 32 bits, or 64 in version 1.
 */
function withDuration(header: Buffer, between: number, duration: number): Buffer[] {
  const isWide = header[0] === 1;
  const at = (isWide ? 20 : 12) + between;
  const rest = header.subarray(at + (isWide ? 8 : 4));
  if (!isWide && duration <= longestShort) {
    return [header.subarray(0, at), words(duration), rest];
  }
  const begin = isWide
    ? [header.subarray(0, at)]
    : [
        words(header.readUInt32BE(0) | (1 << 24), 0, header.readUInt32BE(4)),
        words(0, header.readUInt32BE(8)),
        header.subarray(12, at),
      ];
  return [...begin, words(Math.floor(duration / 2 ** 32), duration % 2 ** 32), rest];
}

function wideHeader(name: string, bytes: number): Buffer {
  const header = Buffer.alloc(wideHeaderBytes);
  header.writeUInt32BE(1, 0);
  header.write(name, 4, 'latin1');
  header.writeBigUInt64BE(BigInt(bytes), 8);
  return header;
}

async function writeAt(
  file: FileHandle,
  parts: readonly Buffer[],
  position: number,
): Promise<void> {
  let at = position;
  for (const part of parts) {
    for (let written = 0; written < part.length;) {
      // A disk that fills up takes a part of it first.
      const rest = part.length - written;
      const { bytesWritten } = await file.write(part, written, rest, at);
      written += bytesWritten;
      at += bytesWritten;
    }
  }
}
