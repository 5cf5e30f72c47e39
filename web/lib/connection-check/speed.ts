/** How much has come by when. */
export interface Mark {
  /** Monotonic milliseconds. */
  readonly atMs: number;
  /** Of all that has come by then. */
  readonly bytes: number;
}

/**
 * The rate at which something came, in kilobits a second: of the second half of the bytes, for TCP begins slowly. Null where
 * nothing came.
 * @param marks - the first one says when it began, with no bytes
 */
export function rateOf(marks: readonly Mark[]): number | null {
  const last = marks.at(-1);
  const half = marks.findLast(({ bytes }) => last !== undefined && bytes <= last.bytes / 2);
  if (last === undefined || half === undefined || last.bytes === 0) return null;
  return kbpsOf(last.bytes - half.bytes, last.atMs - half.atMs);
}

/** Kilobits a second. Less than a millisecond cannot be told from one. */
export function kbpsOf(bytes: number, ms: number): number {
  return Math.round((bytes * 8) / Math.max(1, ms));
}
