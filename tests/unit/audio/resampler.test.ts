import { describe, expect, it } from 'vitest';

import { Resampler } from '../../../mixer/audio/resampler.ts';
import { amplitudeOf, joined, largestStep, pcm16, sine, steepest } from './signals.ts';

/** Converts 10 ms blocks of a sine whose rate changes from block to block; the time goes on. */
function convertAll(rates: readonly number[], frequency: number, amplitude: number): Float32Array {
  const resampler = new Resampler();
  let seconds = 0;
  const parts = rates.map((rate) => {
    const start = seconds;
    seconds += 0.01;
    const signal = (i: number): number =>
      amplitude * Math.sin(2 * Math.PI * frequency * (start + i / rate));
    return resampler.convert(pcm16(signal, 0, rate / 100), rate, 1).slice();
  });
  resampler.close();
  return joined(parts);
}

const repeat = (rate: number, count: number): number[] => new Array<number>(count).fill(rate);

describe('the resampler', () => {
  it('passes 48 kHz mono through unchanged', () => {
    const input = pcm16(sine(440, 0.5), 0, 480);
    const output = new Resampler().convert(input, 48_000, 1);
    expect(output).toEqual(Float32Array.from(input, (sample) => sample / 32_768));
  });

  it.each([
    [16_000, 48_000],
    [48_000, 16_000],
    [8_000, 48_000],
    [16_000, 32_000],
    [44_100, 48_000],
    [48_000, 44_100],
  ])('goes from %i to %i Hz without a gap and without a click', (from, to) => {
    const out = convertAll([...repeat(from, 10), ...repeat(to, 10)], 440, 0.5);
    // All but what the last filter still holds: at most 1 ms.
    expect(out.length).toBeGreaterThanOrEqual(9600 - 48);
    expect(out.length).toBeLessThanOrEqual(9600);
    const settled = out.subarray(200, out.length - 100);
    expect(largestStep(settled)).toBeLessThan(1.2 * steepest(440, 0.5));
    const ideal = sine(440, 0.5);
    const worst = Math.max(...settled.map((sample, i) => Math.abs(sample - ideal(200 + i))));
    expect(worst).toBeLessThan(0.01);
  });

  it('survives a rate that changes with every block', () => {
    const rates = Array.from({ length: 60 }, (_, k) => [16_000, 48_000, 32_000][k % 3]!);
    const out = convertAll(rates, 300, 0.5);
    expect(largestStep(out.subarray(200))).toBeLessThan(1.2 * steepest(300, 0.5));
  });

  it.each([8_000, 16_000, 24_000, 32_000, 44_100, 96_000])('keeps the level at %i Hz', (rate) => {
    const out = convertAll(repeat(rate, 30), 1000, 0.5).subarray(4800, 9600);
    expect(amplitudeOf(out, 1000)).toBeCloseTo(0.5, 2);
  });

  it.each([48_000, 16_000])('averages stereo at %i Hz: equal sides keep their level', (rate) => {
    const resampler = new Resampler();
    const mix = (left: number, right: number): number => {
      const parts = Array.from({ length: 20 }, (_, k) => {
        const mono = pcm16(sine(1000, 1, rate), (k * rate) / 100, rate / 100);
        const stereo = new Int16Array(2 * mono.length);
        mono.forEach((sample, i) => stereo.set([sample * left, sample * right], 2 * i));
        return resampler.convert(stereo, rate, 2).slice();
      });
      return amplitudeOf(joined(parts).subarray(4800, 9552), 1000);
    };
    expect(mix(1, 1)).toBeCloseTo(1, 2);
    expect(mix(0.6, 0)).toBeCloseTo(0.3, 2);
    expect(mix(0.5, -0.5)).toBeCloseTo(0, 2);
    resampler.close();
  });

  it('turns silence into silence, after sound too, and wakes up from it', () => {
    const resampler = new Resampler();
    const zeros = new Int16Array(160);
    resampler.convert(pcm16(sine(440, 0.5, 16_000), 0, 160), 16_000, 1);
    resampler.convert(zeros, 16_000, 1);
    for (let k = 0; k < 3; k++) {
      const silence = resampler.convert(zeros, 16_000, 1);
      expect(silence.length).toBe(480);
      expect(silence.every((sample) => sample === 0)).toBe(true);
    }
    const sound = resampler.convert(pcm16(sine(440, 0.5, 16_000), 0, 160), 16_000, 1);
    expect(sound.length).toBe(480);
    expect(Math.max(...sound)).toBeGreaterThan(0.4);
    resampler.close();
  });

  it('refuses rates and channel counts that make no sense', () => {
    const resampler = new Resampler();
    for (const rate of [0, NaN, -48_000, 1e9, 48_000.5])
      expect(() => resampler.convert(new Int16Array(480), rate, 1)).toThrow(RangeError);
    for (const channels of [0, -1, 1.5])
      expect(() => resampler.convert(new Int16Array(480), 48_000, channels)).toThrow(RangeError);
    expect(resampler.convert(new Int16Array(0), 16_000, 1).length).toBe(0);
  });
});
