/** Keyframes are scheduled this far apart, in milliseconds; others are made when receivers ask for them. */
const scheduleMs = 2000;

/** Two keyframes are a schedule apart when they are that within 30 ms: a tick may be skipped. */
const toleranceMs = 30;

/**
 * Decides at which keyframes a segment ends. Those of the schedule are the places: then all segments are equally long. Which
 * they are is known from the second on; until then, and where one is missing, whichever comes in time.
 */
export class HlsCuts {
  readonly #segmentMs: number;
  #segmentStartMs: number;
  /** Time of a keyframe of the schedule; null until it is known. */
  #scheduledMs: number | null = null;
  #recent: number[];

  /**
   * @param segmentSeconds - What a segment is to be long, a multiple of the schedule.
   * @param startMs - Time of the first keyframe.
   */
  constructor(segmentSeconds: number, startMs: number) {
    this.#segmentMs = segmentSeconds * 1000;
    this.#segmentStartMs = startMs;
    this.#recent = [startMs];
  }

  /** Whether a segment is to begin at this keyframe, the next one. */
  isCut(atMs: number): boolean {
    const isScheduled = this.#learn(atMs);
    const elapsed = atMs - this.#segmentStartMs;
    const isInTime = elapsed + scheduleMs > this.#segmentMs + toleranceMs;
    const isLate = elapsed > this.#segmentMs + toleranceMs;
    const isPlace = this.#scheduledMs === null || isScheduled;
    if (!isLate && !(isInTime && isPlace)) return false;
    this.#segmentStartMs = atMs;
    return true;
  }

  #learn(atMs: number): boolean {
    this.#recent = this.#recent.filter((ms) => atMs - ms <= scheduleMs + toleranceMs);
    const follows = this.#recent.some((ms) => Math.abs(atMs - ms - scheduleMs) <= toleranceMs);
    this.#recent.push(atMs);
    const known = this.#scheduledMs;
    const off = known === null ? 0 : Math.abs(remainder(atMs - known));
    const isScheduled = known !== null && off <= toleranceMs;
    if (isScheduled) this.#scheduledMs = atMs;
    // Two that are as far apart as that are of the schedule, unless others are.
    else if (follows && (known === null || atMs - known > scheduleMs + toleranceMs)) {
      this.#scheduledMs = atMs;
      return true;
    }
    return isScheduled;
  }
}

/** Distance from the nearest multiple of the schedule. */
function remainder(ms: number): number {
  return ms - Math.round(ms / scheduleMs) * scheduleMs;
}
