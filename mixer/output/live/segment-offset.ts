import { pictureRate } from './picture-line.ts';
import type { SegmentPlace } from './segment-files.ts';

const ticksPerMs = pictureRate / 1000;

/** A longer hole is none: the machine was started anew, and its clock with it. */
const longestHoleTicks = 24 * 3600 * pictureRate;

/** A segment that has its place. */
export interface PlacedSegment {
  readonly startMs: number;
  /** In 1/90000 s. */
  readonly offset: number;
}

/**
 * Where a segment begins in the whole, in 1/90000 s: as much later than the one before as it was in life, but behind its
 * end; directly there where it is joined to it or nobody can know.
 *
 * @param end - Of the one before, in 1/90000 s.
 */
export function offsetOf(place: SegmentPlace, before: PlacedSegment | null, end: number): number {
  if (before === null) return 0;
  const offset = before.offset + Math.round((place.startMs - before.startMs) * ticksPerMs);
  if (place.joined || !Number.isFinite(offset) || offset > end + longestHoleTicks) return end;
  return Math.max(offset, end);
}
