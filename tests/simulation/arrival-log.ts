import { encodeTransportFeedback, type Arrival } from '../unit/rtp/transport-feedback-encoder.ts';

const unitMs = 0.25;
const unitsOfReference = 256;
/** How far back a late packet is told of (libwebrtc: remote_estimator_proxy.cc, kBackWindow). */
const backMs = 500;

/**
 * What a browser tells of the packets that arrived: everything since the last feedback, and, when a packet comes late,
 * what was told already from that packet on once more.
 */
export class ArrivalLog {
  /** Milliseconds of the receiver's clock, by unwrapped number. */
  readonly #arrivals = new Map<number, number>();
  #next: number | null = null;
  #highest: number | null = null;
  #count = 0;

  /** Notes a packet. */
  add(sequenceNumber: number, clockMs: number): void {
    const highest = this.#highest ?? sequenceNumber;
    const number = highest + (((sequenceNumber - highest) << 16) >> 16);
    this.#highest = Math.max(highest, number);
    this.#arrivals.set(number, clockMs);
    if (this.#next === null || number < this.#next) this.#next = number;
    for (const [old, atMs] of this.#arrivals) {
      if (clockMs - atMs > backMs && old < this.#next) this.#arrivals.delete(old);
    }
  }

  /** The RTCP packet; null when nothing has come. */
  feedback(): Buffer | null {
    const [base, highest] = [this.#next, this.#highest];
    if (base === null || highest === null || base > highest) return null;
    const known = Array.from({ length: highest - base + 1 }, (_, index) =>
      this.#arrivals.get(base + index),
    );
    const first = Math.round(known.find((atMs) => atMs !== undefined)! / unitMs);
    const reference = Math.floor(first / unitsOfReference);
    let last = reference * unitsOfReference;
    const arrivals = known.map((atMs): Arrival => {
      if (atMs === undefined) return { received: false };
      const units = Math.round(atMs / unitMs);
      const delta = units - last;
      last = units;
      return { received: true, delta };
    });
    this.#next = highest + 1;
    const count = this.#count;
    this.#count = (count + 1) & 0xff;
    return encodeTransportFeedback({
      ...{ base: base & 0xffff, count, arrivals, kinds: ['run-length', 'one-bit', 'two-bit'] },
      ...{ reference: (reference << 8) >> 8, paddingBit: true },
    });
  }
}
