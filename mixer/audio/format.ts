/** Everything inside the audio bus is mono at this rate, in Hz. */
export const sampleRate = 48_000;

/** Samples a tick mixes: 20 ms. */
export const frameSamples = 960;

/** Samples the level gate judges at a time: 10 ms, what one uplink callback brings. */
export const blockSamples = 480;

/** Length of a fade or cross-fade, in samples: 5 ms, long enough not to click. */
export const fadeSamples = 240;

/**
 * Converts milliseconds to samples at {@link sampleRate}.
 *
 * @param milliseconds - A duration.
 * @returns The whole number of samples nearest to it.
 */
export function samplesOf(milliseconds: number): number {
  return Math.round((milliseconds * sampleRate) / 1000);
}
