/** Off by less than 5 ms a packet goes directly behind the one before: clocks drift, and a hole would be heard. */
const toleranceSamples = 240;

/** Given a line of sound without a gap. */
export interface SoundSink {
  /** The next samples: mono, s16le. Valid during the call. */
  samples(data: Buffer): void;
  /** So many samples of silence are next. */
  silence(samples: number): void;
}

/** Puts packets of sound where they belong on a line that begins at position 0: a hole becomes silence, what is there already is dropped. */
export class SoundLine {
  readonly #sink: SoundSink;
  #end = 0;

  constructor(sink: SoundSink) {
    this.#sink = sink;
  }

  /** How far the line goes, in samples. */
  get end(): number {
    return this.#end;
  }

  /**
   * Places a packet.
   *
   * @param position - Of its first sample, in samples; before 0 it is cut.
   * @param data - Mono, s16le.
   */
  push(position: number, data: Buffer): void {
    const samples = data.length >> 1;
    const off = position - this.#end;
    const skipped = off <= -toleranceSamples ? -off : 0;
    if (skipped >= samples) return;
    if (off >= toleranceSamples) this.fillTo(position);
    this.#sink.samples(data.subarray(skipped * 2, samples * 2));
    this.#end += samples - skipped;
  }

  /** Silence up to a position, in samples; nothing where the line is as far. */
  fillTo(position: number): void {
    if (position <= this.#end) return;
    this.#sink.silence(position - this.#end);
    this.#end = position;
  }
}
