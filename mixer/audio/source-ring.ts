import { fadeSamples, frameSamples, samplesOf } from './format.ts';

const size = 16_384;
const mask = size - 1;

/** A ring starts to play, and is kept, at this much before each frame that is taken. */
const targetSamples = samplesOf(30);
/** Each time a ring runs dry its own target rises by this much, up to the most. */
const targetStepSamples = samplesOf(10);
const mostTargetSamples = samplesOf(60);
/** Above this the oldest samples are given up: nobody has ticked for long. */
const mostSamples = samplesOf(250);
/** How far the mean level may be above and below the target before it is corrected. */
const toleranceAbove = samplesOf(10);
const toleranceBelow = samplesOf(5);
/** A correction leaves at least this much at the lowest point: a frame and one late callback. */
const reserveSamples = frameSamples + samplesOf(10);
/** The level is judged over this many ticks: 0.5 s. */
const windowTicks = 25;
/** A correction within sound skips or repeats between 5 and 15 ms: a period of any voice. */
const shortestSplice = samplesOf(5);
const longestSplice = samplesOf(15);

/**
 * How drift may be corrected: within sound by a cross-faded splice, in quiet by a jump, and not at all right before an
 * onset, which would be cut into.
 */
export type DriftCorrection = 'splice' | 'jump' | 'none';

/**
 * How long a sample stays in the ring when nothing has to be corrected, in samples at 48 kHz: the target level less
 * half an uplink callback. A frame mixed now left the uplink's jitter buffer this much earlier. (A ring that ran dry
 * holds up to 30 ms more: less than lips would tell.)
 */
export const ringDelaySamples = targetSamples - samplesOf(5);

/**
 * Takes PCM at the pace of a source and gives it out at the pace of the mix, about 25 ms later.
 *
 * It survives bursts without loss, and gaps of 10 ms; where gaps are longer it keeps more from then on, up to 60 ms. Two clocks that drift apart are brought together by cutting or
 * repeating a few milliseconds: all at once where the source is quiet, else by one cross-faded period at a time. When
 * it runs dry it fades out and fills up again. No step in the samples is ever let through as a click.
 *
 * Positions count samples written since the beginning; a correction moves the head only, so they keep their meaning.
 */
export class SourceRing {
  readonly #samples = new Float32Array(size);
  /** What would have been heard next, where the head was moved or the sound begins: faded out over the new samples. */
  readonly #fadeTail = new Float32Array(fadeSamples);
  #fading = false;
  #head = 0;
  #tail = 0;
  #playing = false;
  #ticks = 0;
  #levels = 0;
  #lowest = Infinity;
  #target = targetSamples;

  /** Position of the next sample to be taken. */
  get head(): number {
    return this.#head;
  }

  /** Position of the next sample to be written. */
  get tail(): number {
    return this.#tail;
  }

  /** Samples waiting. */
  get level(): number {
    return this.#tail - this.#head;
  }

  /** False while the ring fills up. */
  get isPlaying(): boolean {
    return this.#playing;
  }

  /**
   * Appends samples.
   *
   * @param samples - Mono PCM at 48 kHz.
   * @param start - First sample to take.
   * @param end - One past the last; at most 10 ms after `start`.
   */
  write(samples: Float32Array, start: number, end: number): void {
    for (let i = start; i < end; i++) this.#samples[this.#tail++ & mask] = samples[i] ?? 0;
    if (this.level > mostSamples) this.#moveHead(this.#tail - this.#target);
  }

  /**
   * To be called once per tick, before the frame is taken or skipped: starts a filled ring and corrects drift.
   *
   * @param correction - What the sound allows.
   */
  prepare(correction: DriftCorrection): void {
    if (!this.#playing) {
      if (this.level < this.#target) return;
      this.#playing = true;
      this.fadeIn();
      this.#beginWindow();
      return;
    }
    this.#levels += this.level;
    this.#lowest = Math.min(this.#lowest, this.level);
    if (++this.#ticks < windowTicks || correction === 'none') return;
    this.#correct(Math.round(this.#levels / this.#ticks) - this.#target, correction);
    this.#beginWindow();
  }

  /** Lets the next frame rise from silence. */
  fadeIn(): void {
    this.#fadeTail.fill(0);
    this.#fading = true;
  }

  /**
   * Takes the next 20 ms. If fewer are there the sound fades out and the ring fills up again.
   *
   * @param out - Receives 960 samples.
   */
  take(out: Float32Array): void {
    if (!this.#playing) {
      out.fill(0);
      return;
    }
    const count = Math.min(this.level, frameSamples);
    for (let i = 0; i < frameSamples; i++) out[i] = this.#at(this.#head + i);
    this.#head += count;
    if (this.#fading) {
      for (let i = 0; i < fadeSamples; i++) {
        const weight = (i + 1) / (fadeSamples + 1);
        out[i] = (out[i] ?? 0) * weight + (this.#fadeTail[i] ?? 0) * (1 - weight);
      }
      this.#fading = false;
    }
    if (count < frameSamples) {
      fadeOut(out, Math.min(count, frameSamples - fadeSamples));
      this.#playing = false;
      this.#target = Math.min(this.#target + targetStepSamples, mostTargetSamples);
    }
  }

  /** Passes over the next 20 ms, which nobody hears. */
  pass(): void {
    if (!this.#playing) return;
    if (this.level < frameSamples) this.#playing = false;
    this.#head += Math.min(this.level, frameSamples);
    this.#fading = false;
  }

  #beginWindow(): void {
    this.#ticks = 0;
    this.#levels = 0;
    this.#lowest = Infinity;
  }

  /** Brings the mean level, `excess` samples above the target, back to it. */
  #correct(excess: number, correction: 'splice' | 'jump'): void {
    if (excess <= toleranceAbove && excess >= -toleranceBelow) return;
    const spare = this.#lowest - reserveSamples;
    if (correction === 'jump') {
      this.#head += Math.min(excess, Math.max(0, spare));
    } else if (excess < 0) {
      if (this.level >= frameSamples) this.#splice(-1, longestSplice);
    } else if (spare >= shortestSplice) {
      this.#splice(1, Math.min(spare, longestSplice));
    }
  }

  /** Skips (1) or repeats (-1) about a period of the sound. */
  #splice(direction: 1 | -1, longest: number): void {
    let best = shortestSplice;
    let least = Infinity;
    const consider = (lag: number, stride: number): void => {
      const distance = this.#distance(this.#head + direction * lag, stride);
      if (distance >= least) return;
      least = distance;
      best = lag;
    };
    for (let lag = shortestSplice; lag <= longest; lag += 4) consider(lag, 4);
    const coarse = best;
    least = Infinity;
    const last = Math.min(coarse + 3, longest);
    for (let lag = Math.max(coarse - 3, shortestSplice); lag <= last; lag++) consider(lag, 2);
    this.#moveHead(this.#head + direction * best);
  }

  /** How much what follows `position` differs from what follows the head, over the length of a fade. */
  #distance(position: number, stride: number): number {
    let distance = 0;
    for (let i = 0; i < fadeSamples; i += stride) {
      distance += (this.#at(position + i) - this.#at(this.#head + i)) ** 2;
    }
    return distance;
  }

  /** Goes on elsewhere, with a cross-fade from where the head was. */
  #moveHead(to: number): void {
    if (!this.#fading) {
      for (let i = 0; i < fadeSamples; i++) this.#fadeTail[i] = this.#at(this.#head + i);
      this.#fading = true;
    }
    this.#head = to;
  }

  /** The sample at a position; past the tail, the sound mirrored there: it goes on without a step. */
  #at(position: number): number {
    return (
      this.#samples[(position < this.#tail ? position : 2 * this.#tail - 1 - position) & mask] ?? 0
    );
  }
}

/**
 * Fades a frame to silence.
 *
 * @param frame - Changed in place: 5 ms of fade from `start` on, zeros after it.
 * @param start - Where the fade begins; at least 5 ms before the end.
 */
export function fadeOut(frame: Float32Array, start = frame.length - fadeSamples): void {
  for (let i = 0; i < fadeSamples; i++) {
    frame[start + i] = (frame[start + i] ?? 0) * (1 - (i + 1) / fadeSamples);
  }
  frame.fill(0, start + fadeSamples);
}
