import type { Sighting } from './readiness.ts';

/** A picture of an uplink that was sent. */
export interface Sent {
  /** The number in its barcode. */
  readonly code: number;
  /** When its last packet was handed over, milliseconds. */
  readonly sentMs: number;
}

/** What a composite showed of one uplink. */
export interface Shown {
  /** When the composite's first packet came, milliseconds. */
  readonly firstMs: number;
  /** The barcode; null where it could not be read. */
  readonly code: number | null;
}

/** What is known of one uplink. */
export interface Sightings {
  /** See `readiness`. */
  readonly sightings: readonly Sighting[];
  /** For each picture that appeared: from its last packet to its composite's first packet, milliseconds. */
  readonly totalMs: readonly number[];
  /** Composites whose barcode was not that of any picture sent lately. */
  readonly unreadable: number;
}

/** Older pictures are not looked at. */
const oldestMs = 1000;

/**
 * Finds the pictures of an uplink in composites.
 * @param sent - in order; numbers may begin anew
 * @param shown - in order
 */
export function findSightings(sent: readonly Sent[], shown: readonly Shown[]): Sightings {
  const sightings: Sighting[] = [];
  const totalMs: number[] = [];
  let unreadable = 0;
  /** Pictures sent before the composite came. */
  let count = 0;
  let newest = -1;
  for (const { firstMs, code } of shown) {
    while (count < sent.length && (sent[count]?.sentMs ?? Infinity) < firstMs) count += 1;
    const index = indexOf(sent, count, code, firstMs);
    if (index === null) {
      unreadable += 1;
      continue;
    }
    if (newest >= 0 && index > newest) totalMs.push(firstMs - (sent[index]?.sentMs ?? NaN));
    newest = Math.max(newest, index);
    for (let at = count - 1; at >= 0; at -= 1) {
      const ageMs = firstMs - (sent[at]?.sentMs ?? 0);
      if (ageMs > oldestMs) break;
      sightings.push({ ageMs, seen: at <= newest });
    }
  }
  return { sightings, totalMs, unreadable };
}

/** The newest of the first so many pictures that has a number. */
function indexOf(
  sent: readonly Sent[],
  count: number,
  code: number | null,
  nowMs: number,
): number | null {
  for (let at = count - 1; at >= 0; at -= 1) {
    const picture = sent[at];
    if (picture === undefined || nowMs - picture.sentMs > oldestMs) break;
    if (picture.code === code) return at;
  }
  return null;
}
