/** A stretch of media without a pause in it. Milliseconds are of one monotonic clock. */
interface Stretch {
  readonly startMs: number;
  /** Of its first picture, in seconds of the media. */
  readonly position: number;
  endMs: number | null;
}

/**
 * Where in the media a moment is. After a crash the media goes on as much later as that took; a pause is left out of it.
 */
export class MediaClock {
  readonly #stretches: Stretch[] = [];

  /**
   * A segment's first picture is in.
   * @param startMs - when it was
   * @param joined - whether it follows what is there without a gap
   * @returns its position in seconds
   */
  segmentStarted(startMs: number, joined: boolean): number {
    const last = this.#stretches.at(-1);
    if (last !== undefined && last.endMs === null) {
      if (!joined) return (startMs - last.startMs) / 1000 + last.position;
      last.endMs = startMs;
    }
    const position = this.positionOf(startMs);
    this.#stretches.push({ startMs, position, endMs: null });
    return position;
  }

  /** The media pauses: it has come to this position. */
  paused(position: number): void {
    const last = this.#stretches.at(-1);
    if (last?.endMs !== null) return;
    last.endMs = last.startMs + Math.max(0, position - last.position) * 1000;
  }

  /** Seconds; what was before the first picture is at 0, what is in a pause is at its place. */
  positionOf(ms: number): number {
    const stretch = this.#stretches.findLast(({ startMs }) => startMs <= ms);
    if (stretch === undefined) return 0;
    return stretch.position + (Math.min(ms, stretch.endMs ?? ms) - stretch.startMs) / 1000;
  }
}
