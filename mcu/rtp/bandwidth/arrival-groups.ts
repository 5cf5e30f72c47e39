/** Packets sent within this of the first are one group (libwebrtc: inter_arrival_delta.cc). */
const groupMs = 5;
/** Packets that arrive this close, having waited for each other, are one group. */
const burstGapMs = 5;
/** No group grows longer at the receiver. */
const longestBurstMs = 100;

/**
 * Gathers packets into groups that were sent, or released by some queue, together: what passes within a group is
 * the pacer's and the network card's doing, what passes between groups is the path's.
 */
export class ArrivalGroups {
  /** When the last packet of the completed group was sent, milliseconds. */
  sentMs = 0;
  /** When the completed group had arrived, milliseconds of the receiver's clock. */
  arrivalMs = 0;
  #open = false;
  #firstSentMs = 0;
  #lastSentMs = 0;
  #firstArrivalMs = 0;
  #lastArrivalMs = 0;

  /**
   * Takes a packet that arrived; packets come in the order of sending.
   *
   * @returns Whether this packet opens a new group: the one before is in `sentMs` and `arrivalMs`.
   */
  add(sentMs: number, arrivalMs: number): boolean {
    if (!this.#open) {
      this.#begin(sentMs, arrivalMs);
      return false;
    }
    // From a feedback that comes late.
    if (sentMs < this.#firstSentMs) return false;
    if (sentMs - this.#firstSentMs <= groupMs || this.#isBurst(sentMs, arrivalMs)) {
      this.#lastSentMs = Math.max(this.#lastSentMs, sentMs);
      this.#lastArrivalMs = Math.max(this.#lastArrivalMs, arrivalMs);
      return false;
    }
    this.sentMs = this.#lastSentMs;
    this.arrivalMs = this.#lastArrivalMs;
    this.#begin(sentMs, arrivalMs);
    return true;
  }

  /** Forgets the open group: the receiver's clock has changed. */
  reset(): void {
    this.#open = false;
  }

  #begin(sentMs: number, arrivalMs: number): void {
    this.#open = true;
    this.#firstSentMs = sentMs;
    this.#lastSentMs = sentMs;
    this.#firstArrivalMs = arrivalMs;
    this.#lastArrivalMs = arrivalMs;
  }

  #isBurst(sentMs: number, arrivalMs: number): boolean {
    const gap = arrivalMs - this.#lastArrivalMs;
    return (
      gap - (sentMs - this.#lastSentMs) < 0 &&
      gap <= burstGapMs &&
      arrivalMs - this.#firstArrivalMs < longestBurstMs
    );
  }
}
