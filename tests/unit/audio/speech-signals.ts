import { speech } from '../../../mcu/load/speech.ts';
import type { Signal } from './signals.ts';

export { speech, type Voice } from '../../../mcu/load/speech.ts';

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

/** A clip of a length in seconds at an RMS in dBFS, sample by sample. */
function clip(seconds: number, dbfs: number, sample: Signal): Float32Array {
  const samples = Float32Array.from({ length: Math.round(seconds * rate) }, (_, i) => sample(i));
  const power = samples.reduce((sum, each) => sum + each * each, 0) / samples.length;
  const gain = 10 ** (dbfs / 20) / Math.sqrt(power);
  return samples.map((each) => Math.max(-1, Math.min(1, each * gain)));
}

/** Plays clips, each from its second on, over each other, and nothing else. */
export function score(...parts: (readonly [second: number, samples: Float32Array])[]): Signal {
  const starts = parts.map(([second, samples]) => [Math.round(second * rate), samples] as const);
  return (i) => starts.reduce((sum, [start, samples]) => sum + (samples[i - start] ?? 0), 0);
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

/** A short "mhm" of 0.35 s. */
export function mhm(pitch: number, dbfs = -22): Float32Array {
  return speech({ seconds: 0.35, pitch, dbfs, pace: 6, phrase: 100, seed: 4 });
}

/** White noise. */
export function whiteNoise(seconds: number, dbfs: number): Float32Array {
  const next = random(9);
  return clip(seconds, dbfs, () => next() * 2 - 1);
}

/** A fan: low noise, and the hum of its motor with all harmonics. */
export function fan(seconds: number, dbfs: number): Float32Array {
  const next = random(10);
  let rumble = 0;
  return clip(seconds, dbfs, (i) => {
    rumble = 0.97 * rumble + 0.03 * (next() * 2 - 1);
    let hum = 0;
    for (let k = 1; k < 8; k++) hum += Math.sin((2 * Math.PI * 100 * k * i) / rate + k) / k;
    return rumble + 0.05 * hum * (1 + 0.2 * Math.sin((2 * Math.PI * 3 * i) / rate));
  });
}

/** Bursts of white noise, `length` seconds every `every` seconds. */
export function noiseBursts(
  seconds: number,
  dbfs: number,
  length: number,
  every: number,
): Float32Array {
  const next = random(11);
  return clip(seconds, dbfs, (i) => {
    const time = (i / rate) % every;
    return (next() * 2 - 1) * Math.max(0, Math.min(1, time / 0.005, (length - time) / 0.01));
  });
}

/** What keys make sound: frequencies in Hz and how long they ring, in seconds. */
export const keyboards = {
  clicky: [
    [2500, 0.004],
    [900, 0.008],
    [180, 0.015],
  ],
  'on a hollow desk': [
    [160, 0.03],
    [420, 0.02],
  ],
} as const;

/** Typing: 3 to 8 keys a second, irregular, each a click down and a softer one up, that ring. */
export function typing(
  seconds: number,
  dbfs: number,
  rings: readonly (readonly [number, number])[],
  seed = 1,
): Float32Array {
  const next = random(seed);
  const clicks: { at: number; gain: number; pitch: number }[] = [];
  for (let at = 0.04; at < seconds; at += 1 / (3 + 5 * next())) {
    const gain = 0.5 + 0.5 * next();
    clicks.push({ at, gain, pitch: 0.85 + 0.3 * next() });
    clicks.push({ at: at + 0.06 + 0.04 * next(), gain: gain / 2, pitch: 0.85 + 0.3 * next() });
  }
  return clip(seconds, dbfs, (i) => {
    let sum = 0;
    for (const { at, gain, pitch } of clicks) {
      const time = i / rate - at;
      if (time < 0 || time > 0.15) continue;
      let click = (next() * 2 - 1) * Math.exp(-time / 0.003);
      for (const [frequency, decay] of rings)
        click += 0.7 * Math.sin(2 * Math.PI * frequency * pitch * time) * Math.exp(-time / decay);
      sum += gain * click;
    }
    return sum;
  });
}

/** A cough of 0.3 s: a burst through the throat that turns into voice, from 0 (none) to 1 (half of it). */
export function cough(dbfs: number, voiced: number, seed = 1): Float32Array {
  const next = random(seed);
  const throat = resonator();
  return clip(0.3, dbfs, (i) => {
    const time = i / 0.3 / rate;
    const swell = time < 0.35 ? Math.min(1, time / 0.03) : time < 0.5 ? 0.4 : 0.5;
    const share = time > 0.5 ? voiced : 0;
    const croak = ((i / rate) * (170 - 60 * time)) % 1 < 0.1 ? 4 : 0;
    const sound = (next() * 2 - 1) * (1 - share) + croak * share;
    return swell * (1 - time) ** 0.7 * throat(sound, 900, 400);
  });
}

/** Steady tones, together. */
export function tones(seconds: number, dbfs: number, ...frequencies: number[]): Float32Array {
  return clip(seconds, dbfs, (i) =>
    frequencies.reduce((sum, each) => sum + Math.sin((2 * Math.PI * each * i) / rate), 0),
  );
}

/** A tone that comes and goes: a busy line, an alarm. */
export function beeps(
  seconds: number,
  dbfs: number,
  frequency: number,
  period: number,
): Float32Array {
  return clip(seconds, dbfs, (i) =>
    (i / rate) % period < period / 2 ? Math.sin((2 * Math.PI * frequency * i) / rate) : 0,
  );
}

/** Four chords, as MIDI notes. */
const chords = [
  [48, 60, 64, 67],
  [45, 60, 64, 69],
  [41, 60, 65, 69],
  [43, 59, 62, 67],
] as const;

/** One note of a struck string, `time` seconds after it began. */
function note(midi: number, time: number, decay: number): number {
  const frequency = 440 * 2 ** ((midi - 69) / 12);
  let sum = 0;
  for (let h = 1; h <= 6; h++)
    sum += (Math.sin(2 * Math.PI * frequency * h * time) / h) * Math.exp((-time * h) / decay);
  return sum * Math.min(1, time / 0.005);
}

/** A band that plays: chords, or a melody of eighths over them, with bass drum, snare and hi-hat. */
export function music(seconds: number, dbfs: number, kind: 'chords' | 'melody', bpm: number) {
  const next = random(12);
  const beat = 60 / bpm;
  return clip(seconds, dbfs, (i) => {
    const time = i / rate;
    const beats = Math.floor(time / beat);
    const eighths = Math.floor((2 * time) / beat);
    const inBeat = time - beats * beat;
    const inEighth = time - (eighths * beat) / 2;
    const chord = chords[Math.floor(beats / 4) % 4]!;
    let sum = 0;
    if (kind === 'chords')
      for (const midi of chord) sum += 0.4 * note(midi, time % (4 * beat), 4 * beat);
    else sum += note(chord[(eighths * 3) % 4]! + 12 * (eighths % 2), inEighth, 0.6);
    if (beats % 2 === 0)
      sum +=
        Math.sin(2 * Math.PI * (50 + 40 * Math.exp(-inBeat / 0.05)) * inBeat) *
        Math.exp(-inBeat / 0.12);
    else sum += (next() * 2 - 1) * Math.exp(-inBeat / 0.08);
    return sum + 0.3 * (next() * 2 - 1) * Math.exp(-inEighth / 0.02);
  });
}
