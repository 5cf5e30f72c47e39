import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Limiter, limiterThreshold } from '../../../mixer/audio/limiter.ts';
import { floats, joined, largestStep, sine, steepest } from './signals.ts';

function limited(frames: readonly Float32Array[]): Float32Array {
  const limiter = new Limiter();
  return joined(
    frames.map((frame) => {
      const copy = frame.slice();
      limiter.process(copy);
      return copy;
    }),
  );
}

const frame = fc
  .tuple(fc.float({ min: 0, max: 40, noNaN: true }), fc.integer({ min: 1, max: 9_999 }))
  .map(([amplitude, seed]) => floats((i) => amplitude * Math.sin(i * i * seed), 0, 960));

describe('the limiter', () => {
  it('never leaves [-1, 1], whatever comes', () => {
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 6 }), (frames) => {
        expect(limited(frames).every((sample) => Math.abs(sample) <= 1)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('is bit-exact up to its threshold', () => {
    const loud = floats(sine(440, limiterThreshold), 0, 9600);
    const frames = Array.from({ length: 10 }, (_, k) => loud.slice(k * 960, (k + 1) * 960));
    expect(limited(frames)).toEqual(loud);
  });

  it('is bit-exact again a quarter of a second after an overload', () => {
    const limiter = new Limiter();
    limiter.process(floats(sine(440, 4), 0, 960));
    for (let k = 0; k < 13; k++) limiter.process(floats(sine(440, 0.5), 0, 960));
    const quiet = floats(sine(440, 0.5), 0, 960);
    const copy = quiet.slice();
    limiter.process(copy);
    expect(copy).toEqual(quiet);
  });

  it('keeps a steady overload undistorted: a sine of twice full scale comes out as a sine', () => {
    const frames = Array.from({ length: 20 }, (_, k) => floats(sine(1000, 2), k * 960, 960));
    const settled = limited(frames).subarray(960);
    const expected = floats(sine(1000, limiterThreshold), 960, settled.length);
    expect(Math.max(...settled.map((sample, i) => Math.abs(sample - expected[i]!)))).toBeLessThan(
      0.01,
    );
  });

  it('moves its gain smoothly: no step is steeper than the input had', () => {
    const frames = Array.from({ length: 30 }, (_, k) =>
      floats(sine(200, k >= 10 && k < 15 ? 1.8 : 0.6), k * 960, 960),
    );
    expect(largestStep(limited(frames))).toBeLessThan(1.5 * steepest(200, 1.8));
  });

  it('replaces what is not a number by silence, also among quiet samples', () => {
    const broken = floats(sine(440, 0.5), 0, 960);
    broken[3] = NaN;
    broken[500] = Infinity;
    broken[959] = -Infinity;
    const out = limited([broken, floats(sine(440, 0.5), 960, 960)]);
    expect(out.every((sample) => Number.isFinite(sample))).toBe(true);
    expect([out[3], out[500], out[959]]).toEqual([0, 0, 0]);
    expect(out[4]).toBe(broken[4]);
  });
});
