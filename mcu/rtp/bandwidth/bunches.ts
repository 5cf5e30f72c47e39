/** Packets that arrive no further apart belong together; feedback counts in quarters of a millisecond. */
const mostGapMs = 1.5;
/** Sent over so long, they have waited for each other: by themselves they would have come one by one. */
const leastSpreadMs = 40;
/** Fewer show nothing. (A token bucket does not make bunches: it holds packets back only while it has no tokens.) */
const leastBytes = 1500;
/** What a bunch has shown counts for so long, milliseconds. */
const freshMs = 8000;

/**
 * What the path delivers at once after it has held packets back: a radio whose turn comes late, or a busy machine, hands over
 * in a moment what was sent over a while, and a narrow link cannot. So delay that comes in bunches is not a queue before
 * a narrow link.
 */
export class Bunches {
  #bytes = 0;
  #firstSentMs = 0;
  #lastSentMs = 0;
  #firstArrivalMs = -Infinity;
  #lastArrivalMs = -Infinity;
  #bitsPerSecond = 0;
  #shownMs = -Infinity;

  /** Takes a packet that arrived, in the order of sending; `nowMs`: monotonic. */
  add(sentMs: number, arrivalMs: number, bytes: number, nowMs: number): void {
    if (arrivalMs < this.#lastArrivalMs || arrivalMs - this.#lastArrivalMs > mostGapMs) {
      this.#bytes = 0;
      this.#firstSentMs = sentMs;
      this.#firstArrivalMs = arrivalMs;
    } else {
      // What opens a bunch has not waited behind anything of it.
      this.#bytes += bytes;
    }
    this.#lastSentMs = sentMs;
    this.#lastArrivalMs = arrivalMs;
    if (this.#bytes < leastBytes || this.#lastSentMs - this.#firstSentMs < leastSpreadMs) return;
    const shown = (this.#bytes * 8000) / Math.max(1, arrivalMs - this.#firstArrivalMs);
    if (shown < this.#bitsPerSecond && nowMs - this.#shownMs < freshMs) return;
    this.#bitsPerSecond = shown;
    this.#shownMs = nowMs;
  }

  /** What a bunch has lately shown that the path carries, bits per second; 0 if none has. */
  shown(nowMs: number): number {
    return nowMs - this.#shownMs < freshMs ? this.#bitsPerSecond : 0;
  }
}
