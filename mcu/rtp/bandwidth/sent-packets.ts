/** Packets remembered: 2 s of 20 Mbit/s, 20 s of 1.7 Mbit/s, and twice what one feedback tells of. */
const capacity = 4096;
const mask = capacity - 1;

const none = 0;
const inFlight = 1;
const lost = 2;
const received = 3;
/** The feedback that told of it was lost. */
const untold = 4;

/**
 * The last 4096 packets with a transport-wide number: when they left, what they weighed, and what became of them.
 * A ring by the low bits of the number, 120 kB; a packet allocates nothing.
 */
export class SentPackets {
  readonly #sentMs = new Float64Array(capacity);
  readonly #arrivalMs = new Float64Array(capacity);
  readonly #bytes = new Uint32Array(capacity);
  /** Bytes sent up to and with each packet. */
  readonly #totals = new Float64Array(capacity);
  readonly #states = new Uint8Array(capacity);
  /** Unwrapped; null before the first packet. */
  #highest: number | null = null;
  #total = 0;

  /**
   * Remembers a packet.
   *
   * @param number - Transport-wide, 16 bits.
   * @param bytes - On the wire.
   * @param nowMs - When it leaves, monotonic milliseconds.
   * @returns Its number without wrap-arounds; null for a number that is not above the last one's.
   */
  add(number: number, bytes: number, nowMs: number): number | null {
    const first = this.#highest ?? ((number - 1) & 0xffff) + 0x10000;
    const step = ((number - first) << 16) >> 16;
    if (step <= 0) return null;
    const unwrapped = first + step;
    // Numbers that were drawn and not sent.
    for (let skipped = 1; skipped < Math.min(step, capacity); skipped += 1) {
      this.#states[(unwrapped - skipped) & mask] = none;
    }
    const slot = unwrapped & mask;
    this.#sentMs[slot] = nowMs;
    this.#bytes[slot] = bytes;
    this.#total += bytes;
    this.#totals[slot] = this.#total;
    this.#states[slot] = inFlight;
    this.#highest = unwrapped;
    return unwrapped;
  }

  /**
   * @param number - Transport-wide, 16 bits.
   * @returns The number nearest to the last packet sent that has these bits; null before the first packet.
   */
  unwrap(number: number): number | null {
    const highest = this.#highest;
    return highest === null ? null : highest + (((number - highest) << 16) >> 16);
  }

  /** Whether the packet was sent lately enough to be remembered, and feedback has told or may tell of it. */
  isKnown(number: number): boolean {
    const state = this.#state(number);
    return state !== none && state !== untold;
  }

  /** Whether the packet was sent and nothing is known of it yet. */
  isInFlight(number: number): boolean {
    return this.#state(number) === inFlight;
  }

  /** Whether the packet was called lost. */
  isLost(number: number): boolean {
    return this.#state(number) === lost;
  }

  /** Whether the packet has arrived. */
  isReceived(number: number): boolean {
    return this.#state(number) === received;
  }

  /** When a remembered packet left, milliseconds. */
  sentMs(number: number): number {
    return this.#sentMs[number & mask] ?? 0;
  }

  /** When a received packet arrived, milliseconds of the receiver's clock. */
  arrivalMs(number: number): number {
    return this.#arrivalMs[number & mask] ?? 0;
  }

  /** What a remembered packet weighs, bytes. */
  bytes(number: number): number {
    return this.#bytes[number & mask] ?? 0;
  }

  /** Bytes sent after a packet. */
  bytesAfter(number: number): number {
    return this.#state(number) === none ? 0 : this.#total - (this.#totals[number & mask] ?? 0);
  }

  /** Notes that the feedback on a remembered packet was lost. */
  markUntold(number: number): void {
    this.#states[number & mask] = untold;
  }

  /** Notes that a remembered packet was called lost. */
  markLost(number: number): void {
    this.#states[number & mask] = lost;
  }

  /** Notes when a remembered packet arrived, milliseconds of the receiver's clock. */
  markReceived(number: number, arrivalMs: number): void {
    this.#states[number & mask] = received;
    this.#arrivalMs[number & mask] = arrivalMs;
  }

  #state(number: number): number {
    const highest = this.#highest;
    if (highest === null || number > highest || number <= highest - capacity) return none;
    return this.#states[number & mask] ?? none;
  }
}
