const rate = 48_000;

/** Random numbers from 0 to 1, the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A resonance, such as a formant. */
function resonator(): (input: number, frequency: number, bandwidth: number) => number {
  let y1 = 0;
  let y2 = 0;
  return (input, frequency, bandwidth) => {
    const radius = Math.exp((-Math.PI * bandwidth) / rate);
    const turn = 2 * radius * Math.cos((2 * Math.PI * frequency) / rate);
    const out = (1 - turn + radius * radius) * input + turn * y1 - radius * radius * y2;
    y2 = y1;
    y1 = out;
    return out;
  };
}

type Vowel = readonly [first: number, second: number, third: number];

/** First three formants of English vowels, in Hz. */
const vowels: readonly [Vowel, ...Vowel[]] = [
  [730, 1090, 2440],
  [270, 2290, 3010],
  [300, 870, 2240],
  [530, 1840, 2480],
  [570, 840, 2410],
  [660, 1720, 2410],
  [440, 1020, 2240],
  [490, 1350, 1690],
];
/** Of the first three formants, in Hz. */
const bandwidths: Vowel = [80, 100, 140];

/** How somebody speaks. */
export interface Voice {
  readonly seconds: number;
  /** Mean pitch in Hz; 120 when omitted. */
  readonly pitch?: number;
  /** Root mean square in dBFS, pauses included; -25 when omitted. */
  readonly dbfs?: number;
  /** Another one says something else. */
  readonly seed?: number;
  /** Syllables a second; 4 when omitted. */
  readonly pace?: number;
  /** Syllables between two pauses; 7 when omitted. */
  readonly phrase?: number;
}

/**
 * Something like speech, after D. Klatt's formant synthesis: glottal pulses whose pitch moves with every syllable, through
 * formants that glide from vowel to vowel; syllables begin with a fricative or a closure, and phrases end in pauses of a
 * quarter to two thirds of a second. Opus codes it as speech (SILK or hybrid), and a speech detector takes it for speech.
 *
 * @returns Mono samples within [-1, 1] at 48 kHz.
 */
export function speech(voice: Voice): Float32Array {
  const { seconds, pitch = 120, dbfs = -25, seed = 1, pace = 4, phrase = 7 } = voice;
  const next = random(seed);
  const formants = [resonator(), resonator(), resonator()] as const;
  const head = resonator();
  const vocalTract = 0.85 + pitch / 700;
  let from = vowels[0];
  let to = vowels[0];
  let [length, at, pause, syllables] = [0, 0, 0, 0];
  let [accent, hisses, phase, glottis, hiss] = [1, false, 0, 0, 0];
  const sample = (): number => {
    if (pause > 0) return 0 * pause--;
    if (at >= length) {
      from = to;
      to = vowels[Math.floor(next() * vowels.length)] ?? vowels[0];
      length = (rate / pace) * (0.8 + 0.4 * next());
      at = 0;
      accent = 1 + (next() - 0.3) * 0.25;
      hisses = next() < 0.5;
      if (++syllables % phrase === 0) pause = Math.round((0.25 + 0.4 * next()) * rate);
    }
    const time = at++ / length;
    const opening = Math.max(0, Math.min(1, (time - 0.25) / 0.08, (1 - time) / 0.18));
    const glide = Math.min(1, Math.max(0, (time - 0.2) / 0.45));
    const melody =
      accent * (1 + 0.1 * Math.sin(Math.PI * time)) * (1 - 0.03 * (syllables % phrase));
    phase = (phase + (pitch * melody * (1 + 0.01 * (next() - 0.5))) / rate) % 1;
    const open =
      phase < 0.4
        ? 0.5 - 0.5 * Math.cos((Math.PI * phase) / 0.4)
        : Math.max(0, Math.cos((Math.PI * (phase - 0.4)) / 0.32)) * (phase < 0.56 ? 1 : 0);
    const breath = next() * 2 - 1;
    let sound = opening * ((open - glottis) * 30 + 0.02 * breath);
    glottis = open;
    for (const k of [0, 1, 2] as const) {
      const formant = from[k] + (to[k] - from[k]) * glide;
      sound = formants[k](sound, formant * vocalTract, bandwidths[k]);
    }
    sound = head(sound, 3500 * vocalTract, 200);
    const friction =
      hisses && time < 0.25 ? 0.06 * Math.sin(Math.PI * time * 4) * (breath - hiss) : 0;
    hiss = breath;
    return sound + friction;
  };
  return toLoudness(Float32Array.from({ length: Math.round(seconds * rate) }, sample), dbfs);
}

/** Brings samples to a root mean square in dBFS, and within [-1, 1]. */
function toLoudness(samples: Float32Array, dbfs: number): Float32Array {
  const power = samples.reduce((sum, each) => sum + each * each, 0) / samples.length;
  const gain = 10 ** (dbfs / 20) / Math.sqrt(power);
  return samples.map((each) => Math.max(-1, Math.min(1, each * gain)));
}
