/** What retention has to know of a finished recording. */
export interface Kept {
  readonly id: string;
  /** ISO 8601 UTC. */
  readonly endedAt: string;
  readonly bytes: number;
}

/** 0: no limit. */
export interface RetentionLimits {
  readonly maxAgeMs: number;
  readonly maxBytes: number;
}

/**
 * The recordings that have to go, the oldest first.
 * @param kept - the finished ones, in any order
 * @param nowMs - milliseconds of Unix time
 */
export function expired(kept: readonly Kept[], nowMs: number, limits: RetentionLimits): string[] {
  const { maxAgeMs, maxBytes } = limits;
  const oldestFirst = [...kept].sort((a, b) => a.endedAt.localeCompare(b.endedAt));
  let bytes = kept.reduce((sum, recording) => sum + recording.bytes, 0);
  const gone: string[] = [];
  for (const recording of oldestFirst) {
    const isOld = maxAgeMs > 0 && nowMs - Date.parse(recording.endedAt) >= maxAgeMs;
    const isTooMuch = maxBytes > 0 && bytes > maxBytes;
    if (!isOld && !isTooMuch) break;
    gone.push(recording.id);
    bytes -= recording.bytes;
  }
  return gone;
}
