import type { FileHandle } from 'node:fs/promises';

/** Length and name of a box; behind them the length in 64 bits, where the first says 1 (ISO/IEC 14496-12, 4.2). */
const longestHeaderBytes = 16;

/** So much is read at a time: a fragment's table, and the header of the media behind it. */
const windowBytes = 4096;

/** A box in a file. */
export interface FileBox {
  /** Four letters. */
  readonly name: string;
  /** Where it begins, in bytes from the file's beginning. */
  readonly position: number;
  /** Where the next one begins; null where this one is not whole. */
  readonly end: number | null;
}

/** A box in memory. */
export interface Box {
  /** Four letters. */
  readonly name: string;
  /** What is behind its header; shares the memory it was found in. */
  readonly body: Buffer;
}

/** Goes from box to box through a file, and reads no more of it than what is asked for and a little around it. */
export class BoxReader {
  readonly #file: FileHandle;
  #window = Buffer.alloc(windowBytes);
  #windowPosition = 0;
  #filled = 0;

  /** @param file - Stays the caller's; it may grow. */
  constructor(file: FileHandle) {
    this.#file = file;
  }

  /**
   * The boxes of the file itself as long as it is now, not those in them, in order; behind one that is not whole nothing comes.
   *
   * @param from - Where one begins, in bytes.
   * @throws Error where the disk fails
   */
  async *boxes(from = 0): AsyncGenerator<FileBox> {
    const { size } = await this.#file.stat();
    for (let position = from; position < size;) {
      const box = await this.#boxAt(position, size);
      yield box;
      if (box.end === null) return;
      position = box.end;
    }
  }

  /**
   * What a box holds, in memory that is overwritten by whatever is read next.
   *
   * @throws Error where the disk fails or the box is not whole
   */
  async body({ name, position, end }: FileBox): Promise<Buffer> {
    const box = end === null ? null : await this.#read(position, end - position);
    if (box === null || box.length < 8) throw new Error(`There is a box ${name} that is cut.`);
    return box.subarray(box.readUInt32BE(0) === 1 ? longestHeaderBytes : 8);
  }

  async #boxAt(position: number, fileBytes: number): Promise<FileBox> {
    const header = Buffer.alloc(longestHeaderBytes);
    (await this.#read(position, longestHeaderBytes)).copy(header);
    const short = header.readUInt32BE(0);
    const length = short === 1 ? Number(header.readBigUInt64BE(8)) : short;
    const end = position + length;
    const isWhole = length >= 8 && end <= fileBytes;
    return { name: header.toString('latin1', 4, 8), position, end: isWhole ? end : null };
  }

  /** So many bytes; fewer at the end of the file. */
  async #read(position: number, length: number): Promise<Buffer> {
    const from = position - this.#windowPosition;
    if (from < 0 || from + length > this.#filled) {
      if (length > this.#window.length) this.#window = Buffer.alloc(length);
      const { bytesRead } = await this.#file.read(this.#window, { position });
      this.#windowPosition = position;
      this.#filled = bytesRead;
    }
    const start = position - this.#windowPosition;
    return this.#window.subarray(start, Math.min(start + length, this.#filled));
  }
}

/**
 * The boxes in a box or in a part of one, in order (ISO/IEC 14496-12, 4.2). None of them is as long as 4 GiB.
 *
 * @throws Error where one is not whole
 */
export function* boxesIn(bytes: Buffer): Generator<Box> {
  for (let position = 0; position < bytes.length;) {
    const end = position + bytes.readUInt32BE(position);
    if (end < position + 8 || end > bytes.length) throw new Error('There is a box that is cut.');
    yield {
      name: bytes.toString('latin1', position + 4, position + 8),
      body: bytes.subarray(position + 8, end),
    };
    position = end;
  }
}

/**
 * A box of that name.
 *
 * @throws Error where there is none
 */
export function boxIn(bytes: Buffer, name: string): Buffer {
  for (const box of boxesIn(bytes)) if (box.name === name) return box.body;
  throw new Error(`There is no box ${name}.`);
}

/** Makes a box of what it holds, which is not copied. */
export function boxOf(name: string, ...parts: readonly Buffer[]): Buffer[] {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + lengthOf(parts), 0);
  header.write(name, 4, 'latin1');
  return [header, ...parts];
}

/** Bytes of all of them. */
export function lengthOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

/** Numbers of 32 bits, one behind the other. */
export function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, 4 * index);
  return bytes;
}
