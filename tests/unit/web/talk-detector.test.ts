import { describe, expect, it } from 'vitest';
import { loudness, meterPart, silence } from '../../../web/lib/client/level.ts';
import { TalkDetector } from '../../../web/lib/client/talk-detector.ts';

const everyMs = 125;

/** Whether each second of what a microphone measures was talk: its loudness in dB as a function of seconds. */
function talk(seconds: number, decibelsAt: (seconds: number) => number): boolean[] {
  const detector = new TalkDetector();
  return Array.from({ length: seconds }, (_, second) => {
    let talks = false;
    for (let ms = 0; ms < 1000; ms += everyMs) {
      talks = detector.hear(decibelsAt(second + ms / 1000), second * 1000 + ms);
    }
    return talks;
  });
}

/** Syllables: three a second, with a pause every two seconds. */
const speech = (seconds: number): number =>
  seconds % 2 > 1.6 ? -70 : -30 + 12 * Math.sin(6 * Math.PI * seconds);

describe('TalkDetector', () => {
  it('hears somebody talk within a second', () => {
    expect(talk(4, (seconds) => (seconds < 1 ? -70 : speech(seconds - 1)))).toEqual([
      false,
      true,
      expect.any(Boolean),
      true,
    ]);
  });

  it('hears somebody talk who did so from the start', () => {
    expect(talk(6, speech).filter(Boolean).length).toBeGreaterThanOrEqual(3);
  });

  it('takes no silence, no fan and no music from afar for talk', () => {
    expect(talk(5, () => silence)).not.toContain(true);
    expect(talk(60, (seconds) => -30 + Math.sin(seconds * 40))).not.toContain(true);
    expect(talk(10, (seconds) => speech(seconds) - 40)).not.toContain(true);
  });

  it('takes no cough and no keys for talk', () => {
    expect(talk(5, (seconds) => (seconds > 2 && seconds < 2.3 ? -15 : -70))).not.toContain(true);
    expect(talk(10, (seconds) => (seconds % 0.5 < 0.1 ? -30 : -70))).not.toContain(true);
  });

  it('takes no pause of the page for talk: it measures nothing while it is not seen', () => {
    const detector = new TalkDetector();
    detector.hear(-70, 0);
    expect(detector.hear(-20, 60_000)).toBe(false);
  });
});

describe('loudness', () => {
  it('is 0 dB for a full square wave, -3 for a full sine, and finite for nothing at all', () => {
    expect(loudness(new Float32Array(480).fill(-1))).toBe(0);
    const sine = Float32Array.from({ length: 4800 }, (_, index) => Math.sin(index * 0.1));
    expect(loudness(sine)).toBeCloseTo(-3, 1);
    expect(loudness(new Float32Array(480))).toBe(silence);
  });

  it('fills a meter between the noise of a room and a loud voice', () => {
    expect([silence, -60, -35, -10, 0].map(meterPart)).toEqual([0, 0, 0.5, 1, 1]);
  });
});
