/** Packets remembered. */
const capacity = 1024;
const mask = capacity - 1;
/** A rate is that of one second, or of so much more as ten packets take. */
const windowMs = 1000;
const fewestPackets = 10;
const longestMs = 3000;
/** What arrives faster than this was sent at once: the time between says nothing of a rate. */
const shortestMs = 250;
/** The least a rate of a busy path is taken from. */
const busy = { packets: 3, ms: 150, longestMs: 800 };

/**
 * The rate at which packets arrive, by the receiver's clock. It is never above the rate at which the same packets were
 * sent: a link that stood still and lets go of what it held is not faster for it (libwebrtc:
 * goog_cc/robust_throughput_estimator.cc).
 */
export class AcknowledgedRate {
  readonly #arrivals = new Float64Array(capacity);
  readonly #sent = new Float64Array(capacity);
  readonly #bytes = new Uint32Array(capacity);
  #count = 0;
  /** Behind the newest. */
  #next = 0;

  /** Takes a packet; most come in the order of arrival, and the others find their place. */
  add(sentMs: number, arrivalMs: number, bytes: number): void {
    let slot = this.#next;
    for (let moved = 0; moved < this.#count && moved < capacity - 1; moved += 1) {
      const before = (slot - 1) & mask;
      if ((this.#arrivals[before] ?? 0) <= arrivalMs) break;
      this.#put(
        slot,
        this.#sent[before] ?? 0,
        this.#arrivals[before] ?? 0,
        this.#bytes[before] ?? 0,
      );
      slot = before;
    }
    this.#put(slot, sentMs, arrivalMs, bytes);
    this.#next = (this.#next + 1) & mask;
    this.#count = Math.min(capacity, this.#count + 1);
  }

  /** Bits per second of the last second or so; null before the second packet. */
  get bitsPerSecond(): number | null {
    if (this.#count < 2) return null;
    const newest = this.#slot(1);
    const newestMs = this.#arrivals[newest] ?? 0;
    let [bytes, oldest] = [0, newest];
    let [firstSentMs, lastSentMs] = [Infinity, -Infinity];
    for (let back = 1; back <= this.#count; back += 1) {
      const slot = this.#slot(back);
      const ageMs = newestMs - (this.#arrivals[slot] ?? 0);
      if (ageMs > longestMs || (ageMs > windowMs && back > fewestPackets)) break;
      oldest = slot;
      bytes += this.#bytes[slot] ?? 0;
      firstSentMs = Math.min(firstSentMs, this.#sent[slot] ?? 0);
      lastSentMs = Math.max(lastSentMs, this.#sent[slot] ?? 0);
    }
    // Of n packets, n − 1 arrive within the time from the first to the last.
    bytes -= this.#bytes[oldest] ?? 0;
    const arrivalMs = newestMs - (this.#arrivals[oldest] ?? 0);
    return (bytes * 8000) / Math.max(shortestMs, arrivalMs, lastSentMs - firstSentMs);
  }

  /**
   * Bits per second while packets wait for each other, which is what the path takes.
   *
   * @param sinceMs - Since when they wait, on the receiver's clock. If that is too short a time, a little more is taken.
   * @returns Null before the third packet.
   */
  since(sinceMs: number): number | null {
    if (this.#count < busy.packets) return null;
    const newestMs = this.#arrivals[this.#slot(1)] ?? 0;
    const fromMs = Math.max(sinceMs, newestMs - busy.longestMs);
    let [bytes, oldestMs, oldestBytes] = [0, newestMs, 0];
    for (let back = 1; back <= this.#count; back += 1) {
      const slot = this.#slot(back);
      const atMs = this.#arrivals[slot] ?? 0;
      if (atMs < fromMs && back > busy.packets && newestMs - oldestMs >= busy.ms) break;
      oldestMs = atMs;
      oldestBytes = this.#bytes[slot] ?? 0;
      bytes += oldestBytes;
    }
    return ((bytes - oldestBytes) * 8000) / Math.max(1, newestMs - oldestMs);
  }

  /** Forgets all packets: the receiver's clock has changed. */
  reset(): void {
    this.#count = 0;
  }

  #slot(back: number): number {
    return (this.#next - back) & mask;
  }

  #put(slot: number, sentMs: number, arrivalMs: number, bytes: number): void {
    this.#sent[slot] = sentMs;
    this.#arrivals[slot] = arrivalMs;
    this.#bytes[slot] = bytes;
  }
}
