import type { ArrivedFrame } from './frame-assembler.ts';
import type { Histogram } from './histogram.ts';

/** Complete pictures of one participant, whatever connections they came by. */
export class ReceptionLog {
  readonly #gaps: Histogram;
  #firstMs: number | null = null;
  #lastMs = 0;
  readonly #perSecond: number[] = [];
  #frames = 0;
  #keyframes = 0;
  #gapMaxMs = 0;

  /** @param gaps - Where times between pictures are counted, everybody's together. */
  constructor(gaps: Histogram) {
    this.#gaps = gaps;
  }

  /** When the first picture was complete; null before that. */
  get firstMs(): number | null {
    return this.#firstMs;
  }

  /** Pictures. */
  get frames(): number {
    return this.#frames;
  }

  /** Pictures that decoding can start with. */
  get keyframes(): number {
    return this.#keyframes;
  }

  /** The longest time between two pictures, in milliseconds. */
  get gapMaxMs(): number {
    return this.#gapMaxMs;
  }

  /** Counts a picture. */
  add({ completeMs, keyframe }: ArrivedFrame): void {
    this.#frames += 1;
    if (keyframe) this.#keyframes += 1;
    if (this.#firstMs === null) this.#firstMs = completeMs;
    else {
      const gapMs = completeMs - this.#lastMs;
      this.#gaps.add(gapMs);
      this.#gapMaxMs = Math.max(this.#gapMaxMs, gapMs);
    }
    this.#lastMs = completeMs;
    const second = Math.floor((completeMs - this.#firstMs) / 1000);
    while (this.#perSecond.length <= second) this.#perSecond.push(0);
    this.#perSecond[second] = (this.#perSecond[second] ?? 0) + 1;
  }

  /**
   * Ends it: what never came by then is missing.
   *
   * @param nowMs - Milliseconds, monotonic.
   */
  end(nowMs: number): void {
    if (this.#firstMs === null) return;
    // The picture that is still to come is no gap.
    const gapMs = nowMs - this.#lastMs;
    this.#gapMaxMs = Math.max(this.#gapMaxMs, gapMs);
    const seconds = Math.floor((nowMs - this.#firstMs) / 1000);
    while (this.#perSecond.length < seconds) this.#perSecond.push(0);
    this.#perSecond.length = seconds;
  }

  /** Pictures in each whole second since the first one. */
  get perSecond(): readonly number[] {
    return this.#perSecond;
  }
}
