/** Keyframes of the schedule are this far apart, in milliseconds; others are made when receivers ask for them. */
const scheduleMs = 2000;

/** A tick may be skipped. */
const toleranceMs = 30;

/** Decides at which keyframes of the schedule a segment begins: all of them, or each so many. */
export class HlsCuts {
  readonly #segmentMs: number;
  #segmentStartMs: number;

  /**
   * @param segmentSeconds - What a segment is to be long, a multiple of the schedule.
   * @param startMs - Time of the first keyframe, whichever that is: the first segment is shorter.
   */
  constructor(segmentSeconds: number, startMs: number) {
    this.#segmentMs = segmentSeconds * 1000;
    this.#segmentStartMs = startMs;
  }

  /** Whether a segment is to begin at this keyframe of the schedule, the next one: with the one after it would be too long. */
  isCut(atMs: number): boolean {
    if (atMs - this.#segmentStartMs + scheduleMs <= this.#segmentMs + toleranceMs) return false;
    this.#segmentStartMs = atMs;
    return true;
  }
}
