/** What has to be done before a stretch of sound is appended; in samples at 48 kHz. */
export interface Alignment {
  /** Silence to be put in (positive), or sound to be left out (negative). */
  readonly jump: number;
  /** By how many samples the sound is to be made longer (positive) or shorter. */
  readonly stretch: number;
}

/** Times that are off by more than this are gaps and overlaps: 20 ms. */
const gap = 960;

/** Sound that is off by more than this on average is stretched, 3 ms, until that is less than 0.5 ms. */
const stretchFrom = 144;
const stretchTo = 24;

/** The most that sound is stretched: a thirtieth of a semitone, which nobody hears. */
const mostStretch = 0.002;

/** How much sound the average is taken over: 1 s. */
const averaged = 48_000;

/**
 * Keeps sound where its timestamps have it, although these jitter, drift and jump. Gaps become silence, overlaps are cut,
 * a clock that runs differently is followed by stretching, and jitter is left alone.
 */
export class AudioAligner {
  /** Where the next sample will be. */
  #end: number;
  #hasBegun = false;
  /** By how much the times were ahead of the sound lately. */
  #drift = 0;
  #isStretching = false;
  /** Samples of stretching that are allowed and not used. */
  #allowance = 0;

  /** @param start - Where the first sample is wanted. */
  constructor(start: number) {
    this.#end = start;
  }

  /**
   * Takes note of the next stretch of sound and says what has to be done with it.
   *
   * @param at - Where its timestamp has it; null where it has none.
   * @param length - How long it is; need not be whole.
   */
  align(at: number | null, length: number): Alignment {
    const off = at === null ? 0 : at - this.#end;
    if (!this.#hasBegun || Math.abs(off) > gap) return this.#jump(Math.round(off), length);
    this.#drift += ((off - this.#drift) * length) / (length + averaged);
    const stretch = this.#stretch(length);
    this.#drift -= stretch;
    this.#end += length + stretch;
    return { jump: 0, stretch };
  }

  #jump(jump: number, length: number): Alignment {
    this.#hasBegun = true;
    this.#drift = 0;
    this.#isStretching = false;
    this.#end += jump + length;
    return { jump, stretch: 0 };
  }

  #stretch(length: number): number {
    const { abs, sign, min, floor, round } = Math;
    this.#isStretching = abs(this.#drift) > (this.#isStretching ? stretchTo : stretchFrom);
    if (!this.#isStretching) {
      this.#allowance = 0;
      return 0;
    }
    this.#allowance += length * mostStretch;
    const samples = min(floor(this.#allowance), round(abs(this.#drift)));
    this.#allowance -= samples;
    return sign(this.#drift) * samples;
  }
}
