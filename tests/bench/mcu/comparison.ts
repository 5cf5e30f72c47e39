import { slopeOf } from '../lab/statistics.ts';
import type { System } from './system.ts';

/** What one system costs where so many take part. */
export interface Point {
  readonly system: System;
  readonly participants: number;
  /** CPU seconds per second of media. */
  readonly cpu: number;
  /** Whether pictures came at their rate. */
  readonly holds: boolean;
}

/** What one more participant costs two systems. */
export interface Slopes {
  /** Sizes of room in which both held the rate. */
  readonly participants: readonly number[];
  /** CPU seconds per second of media. */
  readonly first: number;
  readonly second: number;
}

/**
 * What one more participant costs two systems: the slopes over the sizes of room in which both hold the rate.
 * @returns null where there are less than two such sizes
 */
export function compareSlopes(
  points: readonly Point[],
  first: System,
  second: System,
): Slopes | null {
  const held = (system: System): Map<number, number> =>
    new Map(
      points
        .filter((point) => point.system === system && point.holds)
        .map(({ participants, cpu }) => [participants, cpu]),
    );
  const [ours, theirs] = [held(first), held(second)];
  const participants = [...ours.keys()].filter((count) => theirs.has(count)).sort((a, b) => a - b);
  if (participants.length < 2) return null;
  const slope = (costs: ReadonlyMap<number, number>): number =>
    slopeOf(participants.map((count) => [count, costs.get(count) ?? 0] as const));
  return { participants, first: slope(ours), second: slope(theirs) };
}
