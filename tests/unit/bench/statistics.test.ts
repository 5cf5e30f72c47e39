import fc from 'fast-check';
import { expect, test } from 'vitest';
import { interleave } from '../../bench/lab/interleave.ts';
import { median, quantile, slopeOf, spreadOf, thinned } from '../../bench/lab/statistics.ts';

test('a median is the middle one, or the mean of two', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3, rounds: 3 });
});

test('a quantile is one of the values, which that share of them do not exceed', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(quantile(values, 0.5)).toBe(50);
  expect(quantile(values, 0.95)).toBe(95);
  expect(quantile(values, 1)).toBe(100);
  expect(quantile(values.slice(0, 20), 0.95)).toBe(99);
  expect(quantile([], 0.5)).toBeNaN();
});

test('the slope of points on a line is the slope of that line', () => {
  const coefficient = fc.integer({ min: -1000, max: 1000 });
  fc.assert(
    fc.property(coefficient, coefficient, (slope, offset) => {
      const points = [0, 1, 5, 20].map((x) => [x, offset + slope * x] as const);
      expect(slopeOf(points)).toBeCloseTo(slope, 6);
    }),
  );
});

test('thinning keeps the greatest, the order and what is few', () => {
  const sorted = Array.from({ length: 1000 }, (_, index) => index);
  expect(thinned(sorted, 4)).toEqual([249, 499, 749, 999]);
  expect(thinned([1, 2, 3], 10)).toEqual([1, 2, 3]);
});

test('what is compared runs in turn', async () => {
  const order: string[] = [];
  const run = (name: string) => (): Promise<string> => {
    order.push(name);
    return Promise.resolve(name + String(order.length));
  };
  const values = await interleave({ a: run('a'), b: run('b') }, 2);
  expect(order).toEqual(['a', 'b', 'a', 'b']);
  expect(values).toEqual({ a: ['a1', 'a3'], b: ['b2', 'b4'] });
});
