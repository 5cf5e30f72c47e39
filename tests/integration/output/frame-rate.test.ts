import fc from 'fast-check';
import { expect, it } from 'vitest';
import { frameRateOf } from '../../../mixer/output/frame-rate.ts';

it.each([
  [25, 25, 1],
  [12.5, 25, 2],
  [6.25, 25, 4],
  [29.97, 30_000, 1001],
  [30_000 / 1001, 30_000, 1001],
  [23.976, 24_000, 1001],
  [59.94, 60_000, 1001],
  [23.98, 1199, 50],
  [0.1, 1, 10],
])('takes %f frames a second for %i/%i', (fps, num, den) => {
  expect(frameRateOf(fps)).toEqual({ num, den });
});

it('is off by two milliseconds in a quarter of an hour at most', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 240, noNaN: true }), (fps) => {
      const { num, den } = frameRateOf(fps);
      expect(Number.isInteger(num) && Number.isInteger(den)).toBe(true);
      expect(Math.max(num, den)).toBeLessThan(2 ** 31);
      expect(Math.abs(num / den / fps - 1)).toBeLessThan(2.001e-6);
    }),
  );
});
