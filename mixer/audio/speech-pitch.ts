import { bandRate, bandSamples } from './speech-band.ts';

/** Voices have a pitch between these. */
const highestHz = 500;
const lowestHz = 70;
const shortestLag = bandRate / highestHz;
const longestLag = Math.floor(bandRate / lowestHz);
/** The stretch that is compared with what was before it: 30 ms, two periods of a low voice. */
const stretch = 120;

/**
 * Whether a sound repeats itself with the period of a voice: whether its normalised cross-correlation, see D. Talkin, "A
 * robust algorithm for pitch tracking (RAPT)", 1995, has a peak of some height. Peaks are near 1 for vowels, tones and
 * notes, below 0.5 for noise and most clicks. Costs 6,000 multiplications where there is none, less for higher voices.
 *
 * @param samples - The last 64 ms of the voice band.
 * @param height - From 0 to 1.
 */
export function isPeriodic(samples: Float32Array, height: number): boolean {
  const start = bandSamples - stretch;
  const power = powerOf(samples, start);
  let powerBefore = powerOf(samples, start - shortestLag);
  let previous = 0;
  let beforePrevious = Infinity;
  for (let lag = shortestLag; lag <= longestLag; lag++) {
    let product = 0;
    for (let i = start; i < bandSamples; i++)
      product += (samples[i] ?? 0) * (samples[i - lag] ?? 0);
    const likeness = product / Math.sqrt(power * powerBefore + Number.EPSILON);
    // Only a peak is a period: towards lag 0 everything is like itself.
    if (previous >= height && previous >= beforePrevious && previous >= likeness) return true;
    beforePrevious = previous;
    previous = likeness;
    const enters = samples[start - lag - 1] ?? 0;
    const leaves = samples[bandSamples - lag - 1] ?? 0;
    powerBefore += enters * enters - leaves * leaves;
  }
  return false;
}

function powerOf(samples: Float32Array, start: number): number {
  let sum = 0;
  for (let i = start; i < start + stretch; i++) sum += (samples[i] ?? 0) ** 2;
  return sum;
}
