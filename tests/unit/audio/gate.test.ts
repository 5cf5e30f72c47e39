import { describe, expect, it } from 'vitest';

import { defaultGateSettings, LevelGate } from '../../../mixer/audio/gate.ts';
import { floats, noise, sine, type Signal } from './signals.ts';

/** Whether the gate is open for each 20 ms frame of a signal that arrives 60 ms ahead of being played. */
function openFrames(signal: Signal, frames: number): boolean[] {
  const gate = new LevelGate(defaultGateSettings);
  const open: boolean[] = [];
  for (let position = 0, block = 0; open.length < frames; block++) {
    gate.hear(floats(signal, position, 480), 0, 480, position);
    position += 480;
    if (block >= 5 && block % 2 === 1) open.push(gate.isOpen(position - 6 * 480));
  }
  return open;
}

const after =
  (start: number, signal: Signal): Signal =>
  (i) =>
    i < start ? 0 : signal(i);

describe('the level gate', () => {
  it('passes a tone, a low note and music throughout', () => {
    const chord: Signal = (i) =>
      sine(262, 0.03)(i) + sine(330, 0.03)(i) * Math.sin(i / 9000) + sine(392, 0.02)(i);
    for (const signal of [sine(1000, 0.01), sine(60, 0.05), chord])
      expect(openFrames(signal, 200).every(Boolean)).toBe(true);
  });

  it('stays closed for noise at -70 dBFS, for digital silence and for a constant offset', () => {
    for (const signal of [noise(10 ** (-70 / 20)), () => 0, () => 0.2])
      expect(openFrames(signal, 200).some(Boolean)).toBe(false);
  });

  it('opens in the frame that holds the first sound, or 10 ms before it', () => {
    for (const start of [9600, 10_000, 10_079, 10_100, 10_559]) {
      const open = openFrames(after(start, sine(1000, 0.1)), 30);
      const first = open.indexOf(true);
      expect(first * 960).toBeLessThanOrEqual(start);
      expect(first * 960 + 960).toBeGreaterThan(start - 960);
    }
  });

  it('stays open for the hangover after the last sound and then closes', () => {
    const open = openFrames((i) => (i < 48_000 ? sine(1000, 0.1)(i) : 0), 120);
    const closed = open.lastIndexOf(true) + 1;
    expect(closed * 20).toBeGreaterThanOrEqual(1000 + defaultGateSettings.hangoverMs - 20);
    expect(closed * 20).toBeLessThanOrEqual(1000 + defaultGateSettings.hangoverMs + 20);
    expect(open.slice(0, closed).every(Boolean)).toBe(true);
  });

  it('bridges the pauses between words', () => {
    const speech: Signal = (i) => (i % 24_000 < 4_800 ? sine(200, 0.1)(i) : 0);
    expect(openFrames(speech, 300).every(Boolean)).toBe(true);
  });
});
