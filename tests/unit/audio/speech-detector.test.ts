import { describe, expect, it } from 'vitest';

import { SpeechDetector } from '../../../mixer/audio/speech-detector.ts';
import {
  beeps,
  cough,
  fan,
  keyboards,
  music,
  noiseBursts,
  speech,
  tones,
  typing,
  whiteNoise,
} from './speech-signals.ts';

interface Heard {
  readonly speechMs: number;
  readonly isSpeaking: boolean;
}

/** What a detector says after each frame. */
function heard(samples: Float32Array, detector = new SpeechDetector()): Heard[] {
  const all: Heard[] = [];
  for (let start = 0; start + 960 <= samples.length; start += 960) {
    detector.hear(samples.subarray(start, start + 960));
    all.push({ speechMs: detector.speechMs, isSpeaking: detector.isSpeaking });
  }
  return all;
}

/** The most speech in any second, in milliseconds: 360 are needed to become the active speaker. */
function mostSpeech(samples: Float32Array): number {
  return Math.max(...heard(samples).map(({ speechMs }) => speechMs));
}

/** Samples added to each other. */
function over(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((sample, i) => sample + (b[i] ?? 0));
}

const pitches = [85, 120, 165, 210, 260, 320];

describe('speech', () => {
  it.each(pitches)('is noticed within 0.4 s at a pitch of %i Hz, soft or loud', (pitch) => {
    for (const dbfs of [-40, -25, -10]) {
      for (const seed of [1, 2, 3]) {
        const first = heard(speech({ seconds: 2, pitch, dbfs, seed })).findIndex(
          (h) => h.isSpeaking,
        );
        expect(first).toBeGreaterThanOrEqual(0);
        expect((first + 1) * 20).toBeLessThanOrEqual(400);
      }
    }
  });

  it.each(pitches)('at %i Hz fills a good part of every second, pauses included', (pitch) => {
    for (const seed of [1, 2]) {
      const all = heard(speech({ seconds: 8, pitch, seed })).slice(50);
      expect(all.every(({ isSpeaking }) => isSpeaking)).toBe(true);
      const enough = all.filter(({ speechMs }) => speechMs >= 360).length / all.length;
      expect(enough).toBeGreaterThan(0.6);
    }
  });

  it('is heard over a fan 10 dB below it', () => {
    const clip = over(speech({ seconds: 8, dbfs: -25 }), fan(8, -35));
    expect(heard(clip).filter(({ isSpeaking }) => isSpeaking).length).toBeGreaterThan(350);
  });

  it('is over a second after the last word', () => {
    const detector = new SpeechDetector();
    heard(speech({ seconds: 3 }), detector);
    expect(detector.isSpeaking).toBe(true);
    const silence = heard(new Float32Array(96_000), detector);
    const end = silence.findIndex(({ isSpeaking }) => !isSpeaking);
    expect(end).toBeGreaterThan(20);
    expect(end).toBeLessThanOrEqual(50);
  });
});

describe('what is no speech', () => {
  const cases: Record<string, Float32Array> = {
    'a cough': cough(-15, 0),
    'a hoarse cough': cough(-15, 1, 2),
    'noise bursts': noiseBursts(8, -20, 0.15, 0.5),
    'short noise bursts': noiseBursts(8, -20, 0.06, 0.2),
    'a chord': tones(5, -20, 262, 330, 392),
    'a busy line': beeps(6, -20, 425, 1),
    'an alarm clock': beeps(6, -20, 800, 0.25),
    'chords with drums': music(9, -20, 'chords', 110),
    'a melody with drums': music(9, -20, 'melody', 100),
    'a fast melody with drums': music(9, -20, 'melody', 140),
  };
  for (const dbfs of [-50, -40, -30, -20]) {
    cases[`white noise at ${dbfs} dBFS`] = whiteNoise(4, dbfs);
    cases[`a fan at ${dbfs} dBFS`] = fan(4, dbfs);
  }
  for (const frequency of [100, 220, 440, 1000])
    cases[`a tone of ${frequency} Hz`] = tones(4, -20, frequency);
  for (const [name, rings] of Object.entries(keyboards))
    for (const seed of [1, 2]) cases[`typing, ${name} (${seed})`] = typing(10, -25, rings, seed);

  it.each(Object.entries(cases))('%s stays far from it', (_, samples) => {
    expect(mostSpeech(samples)).toBeLessThanOrEqual(240);
  });

  it('is forgotten: after a long tone, a word is a word', () => {
    const detector = new SpeechDetector();
    heard(tones(5, -20, 300), detector);
    const first = heard(speech({ seconds: 3 }), detector).findIndex((h) => h.isSpeaking);
    expect(first).toBeGreaterThanOrEqual(0);
    expect(first).toBeLessThan(50);
  });
});

describe('a detector', () => {
  it('gives the same answers for the same frames, a new one as well as one that was reset', () => {
    const samples = over(speech({ seconds: 4 }), typing(4, -30, keyboards.clicky));
    const detector = new SpeechDetector();
    const first = heard(samples, detector);
    detector.reset();
    detector.reset();
    expect(detector).toMatchObject({ speechMs: 0, isSpeaking: false });
    expect(heard(samples, detector)).toEqual(first);
    expect(heard(samples)).toEqual(first);
  });
});
