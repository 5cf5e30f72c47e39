const unitUs = 64_000;
/** The clock of the receiver was set, or another one speaks (libwebrtc: inter_arrival_delta.h, kArrivalTimeOffsetThreshold). */
const jumpMs = 3000;

/**
 * The receiver's clock as its feedback tells it: a multiple of 64 ms in 24 bits
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1), which wraps after 12 days.
 */
export class ArrivalClock {
  #units: number | null = null;
  #offsetMs = 0;

  /**
   * Takes the reference time of a feedback.
   *
   * @param referenceTimeUs - As parsed.
   * @param nowMs - Monotonic milliseconds.
   * @returns The reference time without wrap-arounds in milliseconds, and whether it fits what was told before.
   */
  read(referenceTimeUs: number, nowMs: number): { readonly ms: number; readonly jumped: boolean } {
    const raw = Math.round(referenceTimeUs / unitUs);
    const last = this.#units;
    const units = last === null ? raw : last + (((raw - last) << 8) >> 8);
    const ms = (units * unitUs) / 1000;
    const offset = ms - nowMs;
    const jumped = last !== null && Math.abs(offset - this.#offsetMs) > jumpMs;
    this.#units = units;
    this.#offsetMs = offset;
    return { ms, jumped };
  }
}
