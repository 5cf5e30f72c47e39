import * as z from 'zod';
import { quantileOf } from '../../../mcu/load/histogram.ts';

/** What several rounds of one measurement gave. */
export const spreadSchema = z.strictObject({
  median: z.number(),
  min: z.number(),
  max: z.number(),
  /** How many rounds. */
  rounds: z.int().positive(),
});

/** See {@link spreadSchema}. */
export type Spread = z.infer<typeof spreadSchema>;

/** The middle value, or the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The value that `share` (0 to 1) of all values do not exceed, as reports have it; NaN of nothing. */
export const quantile = (values: readonly number[], share: number): number =>
  quantileOf(values, share) ?? Number.NaN;

/** Median and extremes. @throws RangeError for no values */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('There is no spread of no values.');
  return {
    median: rounded(median(values)),
    min: rounded(Math.min(...values)),
    max: rounded(Math.max(...values)),
    rounds: values.length,
  };
}

/** The slope of the straight line through points (least squares): units of y for each unit of x. */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const variance = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return covariance / variance;
}

/** At most so many of sorted values, evenly chosen, the greatest among them. */
export function thinned(sorted: readonly number[], most: number): number[] {
  const count = Math.min(most, sorted.length);
  return Array.from({ length: count }, (_, index) => {
    const at = Math.ceil(((index + 1) * sorted.length) / count) - 1;
    return sorted[at] ?? Number.NaN;
  });
}

/** To five significant digits: more would be noise, and a file that nobody can read. */
export const rounded = (value: number): number => Number(value.toPrecision(5));
