import { boxOf, words } from './boxes.ts';

/** Bytes that a list grows by. */
const pageBytes = 16_384;

/** Numbers of 32 bits as boxes hold them, in memory that grows without being copied. */
class WordList {
  readonly #full: Buffer[] = [];
  #page = Buffer.allocUnsafe(pageBytes);
  #filled = 0;

  /** How many there are. */
  get count(): number {
    return (this.#full.length * pageBytes + this.#filled) / 4;
  }

  /** All of them, big-endian. */
  get bytes(): readonly Buffer[] {
    return [...this.#full, this.#page.subarray(0, this.#filled)];
  }

  push(value: number): void {
    if (this.#filled === pageBytes) {
      this.#full.push(this.#page);
      this.#page = Buffer.allocUnsafe(pageBytes);
      this.#filled = 0;
    }
    this.#filled = this.#page.writeUInt32BE(value >>> 0, this.#filled);
  }
}

/** Numbers that often repeat, as pairs: how often, and which. */
class RunList {
  readonly #pairs = new WordList();
  #value = 0;
  #count = 0;

  push(value: number): void {
    if (value !== this.#value) this.#end();
    this.#value = value;
    this.#count += 1;
  }

  /** The pairs, once all numbers are there. */
  finish(): WordList {
    this.#end();
    return this.#pairs;
  }

  #end(): void {
    if (this.#count === 0) return;
    this.#pairs.push(this.#count);
    this.#pairs.push(this.#value);
    this.#count = 0;
  }
}

/**
 * What a track of an MP4 consists of (ISO/IEC 14496-12, 8.6 and 8.7), in 4 bytes for each sample, and 8 where it lasts longer
 * or shorter than the one before. Times are in units of the track.
 */
export class SampleTable {
  readonly #sizes = new WordList();
  readonly #durations = new RunList();
  readonly #offsets = new RunList();
  readonly #syncs = new WordList();
  readonly #chunkRuns = new WordList();
  readonly #chunks = new WordList();
  #chunkSamples = 0;
  /** Of the last sample, which lasts until the next. */
  #duration: number | null = null;
  #start = 0;
  #end = 0;
  #hasOffsets = false;

  /** How many samples there are. */
  get count(): number {
    return this.#sizes.count;
  }

  /** When the first sample is decoded. */
  get start(): number {
    return this.#start;
  }

  /** How long all of them last. */
  get duration(): number {
    return this.#end - this.#start;
  }

  /** Says when the next sample is decoded; the one before lasts until then. */
  continueAt(time: number): void {
    if (this.#duration === null) this.#start = time;
    else this.#duration = Math.max(0, this.#duration + time - this.#end);
    this.#end = time;
  }

  /**
   * Begins a chunk.
   *
   * @param position - In bytes from the file's beginning.
   * @param samples - How many of the next samples are in it, one behind the other.
   */
  chunk(position: number, samples: number): void {
    this.#chunks.push(Math.floor(position / 2 ** 32));
    this.#chunks.push(position % 2 ** 32);
    if (samples === this.#chunkSamples) return;
    this.#chunkSamples = samples;
    this.#chunkRuns.push(this.#chunks.count / 2);
    this.#chunkRuns.push(samples);
    this.#chunkRuns.push(1);
  }

  /**
   * Adds a sample.
   *
   * @param bytes - Its length.
   * @param duration - Until the next one is decoded.
   * @param isSync - Whether decoding can begin with it.
   * @param offset - How much later than it is decoded it is shown; may be negative.
   */
  sample(bytes: number, duration: number, isSync: boolean, offset: number): void {
    this.#sizes.push(bytes);
    if (this.#duration !== null) this.#durations.push(this.#duration);
    this.#duration = duration;
    this.#end += duration;
    if (isSync) this.#syncs.push(this.count);
    this.#offsets.push(offset);
    this.#hasOffsets ||= offset !== 0;
  }

  /** The boxes that tell all of that, as parts of `stbl`. Can be called once. */
  finish(): Buffer[] {
    if (this.#duration !== null) this.#durations.push(this.#duration);
    const durations = this.#durations.finish();
    const offsets = this.#offsets.finish();
    const runs = this.#chunkRuns.count / 3;
    return [
      ...boxOf('stts', words(0, durations.count / 2), ...durations.bytes),
      ...(this.#syncs.count === this.count
        ? []
        : boxOf('stss', words(0, this.#syncs.count), ...this.#syncs.bytes)),
      // Version 1: they may be negative.
      ...(this.#hasOffsets
        ? boxOf('ctts', words(1 << 24, offsets.count / 2), ...offsets.bytes)
        : []),
      ...boxOf('stsc', words(0, runs), ...this.#chunkRuns.bytes),
      ...boxOf('stsz', words(0, 0, this.count), ...this.#sizes.bytes),
      ...boxOf('co64', words(0, this.#chunks.count / 2), ...this.#chunks.bytes),
    ];
  }
}
