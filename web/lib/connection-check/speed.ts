/** How much has come by when. */
export interface Mark {
  /** Monotonic milliseconds. */
  readonly atMs: number;
  /** Of all that has come by then. */
  readonly bytes: number;
}

/**
 * The rate at which something came, in kilobits a second: of the second half of the bytes, for TCP begins slowly. Null where
 * so little came, or so fast, that nothing can be said.
 */
export function rateOf(marks: readonly Mark[]): number | null {
  const last = marks.at(-1);
  if (last === undefined) return null;
  const half = marks.findLast(({ bytes }) => bytes <= last.bytes / 2) ?? marks[0];
  if (half === undefined || half === last) return null;
  return kbpsOf(last.bytes - half.bytes, last.atMs - half.atMs);
}

/** Kilobits a second; null where the time is too short to be told. */
export function kbpsOf(bytes: number, ms: number): number | null {
  return bytes > 0 && ms >= 1 ? Math.round((bytes * 8) / ms) : null;
}
