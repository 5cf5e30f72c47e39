/** The least loudness that is told apart from silence, in dB below full scale. */
export const silence = -100;

/** How loud samples in [-1, 1] are: their mean power in dB, 0 for the loudest square wave. */
export function loudness(samples: Float32Array): number {
  let power = 0;
  for (const sample of samples) power += sample * sample;
  return power === 0 ? silence : Math.max(silence, 10 * Math.log10(power / samples.length));
}

/** How much of a meter a loudness in dB fills, from 0 to 1: from the noise of a room to a loud voice. */
export function meterPart(decibels: number): number {
  return Math.min(1, Math.max(0, (decibels + 60) / 50));
}
