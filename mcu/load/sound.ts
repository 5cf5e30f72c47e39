/** Samples a second. */
export const soundRate = 48_000;

/** Sound to be encoded: mono samples within [-1, 1] at 48 kHz. */
export interface Sound {
  /** Equal for equal sound. */
  readonly id: string;
  /** Makes the samples. */
  samples(): Promise<Float32Array>;
}

/** Formants of four vowels, in Hz. */
const vowels = [
  [730, 1090, 2440],
  [270, 2290, 3010],
  [300, 870, 2240],
  [530, 1840, 2480],
] as const;
const syllableSeconds = 0.22;
const syllablesInPhrase = 9;
const phraseSeconds = 2.4;
const voiceSeconds = 7.2;
const silenceSeconds = 1;

/** Numbers from -1 to 1, the same in every run. */
function noise(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/**
 * Something like a voice: a pitch with harmonics through gliding formants, in syllables, with pauses between phrases.
 *
 * @param hertz - Its mean pitch.
 */
export function voice(hertz: number): Sound {
  let spoken: Float32Array | undefined;
  return {
    id: `voice-${hertz}`,
    samples: () => Promise.resolve((spoken ??= speak(hertz))),
  };
}

function speak(hertz: number): Float32Array {
  const samples = new Float32Array(Math.round(voiceSeconds * soundRate));
  const breath = noise();
  let phase = 0;
  let pulseBefore = 0;
  const filters = [0, 1, 2].map(() => ({ y1: 0, y2: 0 }));
  for (const index of samples.keys()) {
    const seconds = index / soundRate;
    const inPhrase = seconds % phraseSeconds;
    const syllable = Math.floor(inPhrase / syllableSeconds);
    const within = (inPhrase % syllableSeconds) / syllableSeconds;
    const loud =
      syllable >= syllablesInPhrase ? 0 : Math.min(1, within / 0.15, (1 - within) / 0.25);
    phase = (phase + (hertz * (1.1 - 0.02 * syllable + 0.06 * within)) / soundRate) % 1;
    const pulse = phase < 0.45 ? 0.5 - 0.5 * Math.cos((2 * Math.PI * phase) / 0.45) : 0;
    let sample = loud * ((pulse - pulseBefore) * 20 + 0.02 * breath());
    pulseBefore = pulse;
    const from = vowels[(syllable * 3) % vowels.length] ?? vowels[0];
    const to = vowels[(syllable * 3 + 1) % vowels.length] ?? vowels[0];
    for (const [number, filter] of filters.entries()) {
      const start = from[number] ?? 0;
      const frequency = start + ((to[number] ?? 0) - start) * within;
      const radius = Math.exp((-Math.PI * (80 + 30 * number)) / soundRate);
      const turn = 2 * radius * Math.cos((2 * Math.PI * frequency) / soundRate);
      const out =
        (1 - turn + radius * radius) * sample + turn * filter.y1 - radius ** 2 * filter.y2;
      filter.y2 = filter.y1;
      filter.y1 = out;
      sample = out;
    }
    samples[index] = sample;
  }
  return toLoudness(samples, 0.08);
}

/** A room in which nobody speaks: noise at about -75 dBFS. */
export const silence: Sound = {
  id: 'silence',
  samples: () => {
    const next = noise();
    const samples = new Float32Array(silenceSeconds * soundRate);
    for (const index of samples.keys()) samples[index] = next() * 3e-4;
    return Promise.resolve(samples);
  },
};

/** Brings samples to a root mean square, and within [-1, 1]. */
function toLoudness(samples: Float32Array, wanted: number): Float32Array {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const gain = wanted / Math.sqrt(power);
  return samples.map((sample) => Math.max(-1, Math.min(1, sample * gain)));
}
