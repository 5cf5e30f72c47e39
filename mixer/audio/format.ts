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

/** How a mix is encoded for a listener. Those of equal formats share encoders. */
export interface AudioFormat {
  /** Length of a packet, in milliseconds. */
  readonly frameMs: 20 | 40 | 60;
  /** Mean bitrate of the encoder. */
  readonly bitsPerSecond: number;
}

/** What listeners get who ask for nothing else. */
export const defaultAudioFormat: AudioFormat = { frameMs: 20, bitsPerSecond: 32_000 };

/** Ticks in a packet. */
export function ticksOf({ frameMs }: AudioFormat): number {
  return (frameMs * sampleRate) / 1000 / frameSamples;
}
