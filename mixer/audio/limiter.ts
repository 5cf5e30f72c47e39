import { fadeSamples } from './format.ts';

/** Samples up to this magnitude pass untouched: about -1 dBFS. */
export const limiterThreshold = 0.9;

/** The gain moves in straight lines between points this far apart: 2.5 ms, a divisor of a frame. */
const stepSamples = fadeSamples / 2;

/** How much the gain may rise from one point to the next: from 0 to 1 in 200 ms. */
const releasePerStep = 0.0125;

/**
 * Keeps one mix within [-1, 1] without audible clipping. One instance per mix: the gain carries over from frame to frame.
 *
 * Below the threshold the signal is bit-exact. Above it, the gain that brings each 2.5 ms step to the threshold is
 * reached by the time that step begins; only what strikes in the first step of a frame, where there was no time for
 * that, is rounded by a soft knee instead.
 */
export class Limiter {
  #gain = 1;

  /** Forgets the previous frames: the next one starts at unity gain. */
  reset(): void {
    this.#gain = 1;
  }

  /**
   * Limits a frame in place.
   *
   * @param frame - PCM; a whole number of 2.5 ms steps. Samples that are not finite become 0.
   */
  process(frame: Float32Array): void {
    const peak = cleanPeak(frame, 0, frame.length);
    if (peak <= limiterThreshold && this.#gain === 1) return;

    let wanted = gainFor(cleanPeak(frame, 0, stepSamples));
    for (let start = 0; start < frame.length; start += stepSamples) {
      const next = start + stepSamples;
      const nextWanted =
        next < frame.length ? gainFor(cleanPeak(frame, next, next + stepSamples)) : 1;
      // Both ends of the line lie under what this step wants, so all of it does.
      const end = Math.min(wanted, nextWanted, this.#gain + releasePerStep);
      ramp(frame, start, this.#gain, end);
      this.#gain = end;
      wanted = nextWanted;
    }
  }
}

/** The gain that brings a peak down to the threshold. */
function gainFor(peak: number): number {
  return peak > limiterThreshold ? limiterThreshold / peak : 1;
}

/** The largest magnitude in a range; replaces what is not finite by 0. */
function cleanPeak(frame: Float32Array, start: number, end: number): number {
  let peak = 0;
  for (let i = start; i < end; i++) {
    const magnitude = Math.abs(frame[i] ?? 0);
    if (magnitude > peak && magnitude !== Infinity) peak = magnitude;
    else if (!(magnitude < Infinity)) frame[i] = 0;
  }
  return peak;
}

/** Applies a gain that moves from `from` to `to` over one step, and the knee to what still sticks out. */
function ramp(frame: Float32Array, start: number, from: number, to: number): void {
  for (let i = 0; i < stepSamples; i++) {
    const gain = from + ((to - from) * (i + 1)) / stepSamples;
    const sample = (frame[start + i] ?? 0) * gain;
    frame[start + i] = Math.abs(sample) > limiterThreshold ? knee(sample) : sample;
  }
}

/** Bends magnitudes above the threshold towards 1; continuous in value and slope at the threshold. */
function knee(sample: number): number {
  const room = 1 - limiterThreshold;
  const bent = limiterThreshold + room * Math.tanh((Math.abs(sample) - limiterThreshold) / room);
  return Math.sign(sample) * Math.min(bent, 1);
}
