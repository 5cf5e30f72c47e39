/** Types of NAL units (H.264, table 7-1). */
const sps = 7;
const pps = 8;

const startCode = Buffer.from([0, 0, 1]);

/**
 * The sequence and picture parameter sets that stand in front of a keyframe, with start codes, as libav takes them for
 * extradata; null where there are none. Looks at what is before the first slice only.
 *
 * @param unit - An access unit, Annex B (H.264, annex B.1).
 */
export function parameterSetsOf(unit: Buffer): Buffer | null {
  const sets: Buffer[] = [];
  const seen = new Set<number>();
  for (let start = unit.indexOf(startCode); start !== -1;) {
    const type = (unit[start + 3] ?? 0) & 31;
    // Slices: nothing of interest follows.
    if (type >= 1 && type <= 5) break;
    const next = unit.indexOf(startCode, start + 3);
    if (type === sps || type === pps) {
      seen.add(type);
      // The zero byte that may belong to the next start code is harmless behind a set: trailing zeros.
      sets.push(Buffer.from([0]), unit.subarray(start, next === -1 ? unit.length : next));
    }
    start = next;
  }
  return seen.size === 2 ? Buffer.concat(sets) : null;
}
