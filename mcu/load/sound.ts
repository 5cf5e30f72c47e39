import { speech } from './speech.ts';

/** Samples a second. */
export const soundRate = 48_000;

/** Sound to be encoded: mono samples within [-1, 1] at 48 kHz. */
export interface Sound {
  /** Equal for equal sound. */
  readonly id: string;
  /** Makes the samples. */
  samples(): Promise<Float32Array>;
}

/** A whole number of packets of each length. */
const voiceSeconds = 7.2;
const voiceDbfs = -22;
const silenceSeconds = 1;

/**
 * Somebody who speaks, in phrases with pauses: see {@link speech}.
 *
 * @param hertz - Mean pitch; who speaks at another one says something else.
 */
export function voice(hertz: number): Sound {
  let spoken: Float32Array | undefined;
  const say = (): Float32Array =>
    speech({ seconds: voiceSeconds, pitch: hertz, seed: hertz, dbfs: voiceDbfs });
  return {
    id: `voice-${hertz}`,
    samples: () => Promise.resolve((spoken ??= say())),
  };
}

/** A room in which nobody speaks: noise at about -75 dBFS. */
export const silence: Sound = {
  id: 'silence',
  samples: () => {
    // Numbers from -1 to 1, the same in every run.
    let state = 1;
    const next = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 31 - 1;
    };
    const samples = new Float32Array(silenceSeconds * soundRate);
    for (const index of samples.keys()) samples[index] = next() * 3e-4;
    return Promise.resolve(samples);
  },
};
