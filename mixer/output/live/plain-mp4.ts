import { open, type FileHandle } from 'node:fs/promises';
import { boxesIn, boxIn, boxOf, BoxReader, lengthOf, words } from './boxes.ts';
import { addFragment, tracksOf, type FragmentedTrack } from './fragments.ts';
import { timescaleOf, withDuration } from './media-headers.ts';

// mp4box (npm) would keep an object for each sample, and wants the media, too, pushed through it.

/** Length and name of a box with its length in 64 bits (ISO/IEC 14496-12, 4.2). */
const wideHeaderBytes = 16;

/** What a fragmented file begins with. */
interface Head {
  /** What is in its `moov`. */
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
 * The table is gathered from the fragments' own while the file grows, in 4 bytes for each sample.
 */
export class PlainMp4 {
  readonly #file: FileHandle;
  readonly #reader: BoxReader;
  #head: Head | null = null;
  /** Behind the last box that was taken in, in bytes. */
  #position = 0;
  /** One after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(file: FileHandle) {
    this.#file = file;
    this.#reader = new BoxReader(file);
  }

  /**
   * Opens a file that there is, if there is nothing in it yet.
   *
   * @throws Error where the disk fails
   */
  static async open(path: string): Promise<PlainMp4> {
    return new PlainMp4(await open(path, 'r+'));
  }

  /**
   * Takes in the fragments that are whole by now: a read of some 4 KiB for each, of which those that were just written are in
   * the system's cache.
   *
   * @throws Error where the disk fails or the file is damaged; it can be tried again
   */
  catchUp(): Promise<void> {
    return this.#inTurn(() => this.#catchUp());
  }

  /**
   * Makes an ordinary file of it; nothing may be written to it any more. What has not been taken in yet is, about 0.1 ms for
   * each fragment in the system's cache; meanwhile other work has its turn. Can be called once.
   *
   * @returns the length of the file in bytes
   * @throws Error where the disk fails or is full, or the file is no fragmented one, or not whole
   */
  finish(): Promise<number> {
    return this.#inTurn(() => this.#finish());
  }

  /** Closes the file, whatever was made of it. */
  close(): Promise<void> {
    // All is written: what may still fail here takes nothing away.
    return this.#inTurn(() => this.#file.close()).catch(() => undefined);
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #catchUp(): Promise<void> {
    for await (const box of this.#reader.boxes(this.#position)) {
      if (box.end === null) return;
      if (box.name === 'moov') {
        const moov = Buffer.from(await this.#reader.body(box));
        this.#head = { moov, position: box.position, tracks: tracksOf(moov) };
      } else if (box.name === 'moof' && this.#head !== null) {
        addFragment(await this.#reader.body(box), box.position, this.#head.tracks);
      }
      this.#position = box.end;
    }
  }

  async #finish(): Promise<number> {
    await this.#catchUp();
    const file = this.#file;
    const { size } = await file.stat();
    if (this.#position < size) throw new Error('The file is not whole.');
    if (this.#head === null) throw new Error('The file is no MP4.');
    const { moov, tracks, position } = this.#head;
    const table = plainMoov(moov, tracks);
    await writeAt(file, table, size);
    await file.datasync();
    await writeAt(file, [wideHeader('mdat', size - position)], position);
    return size + lengthOf(table);
  }
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
