/** Most packets told of in one feedback: what {@link parseTransportFeedback} takes. */
const maximumPacketCount = 2048;
const deltaUnitUs = 250;
const referenceUnitUs = 64_000;
/** Arrival times by transport-wide number: twice what one feedback tells of. */
const slots = 4096;
/** Where there is no arrival. */
const none = -1;
const feedbackType = 205;
const feedbackFormat = 15;

/**
 * When packets with transport-wide sequence numbers arrived, for the feedback a receiver sends a few times a second
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1). Costs one array slot per packet.
 */
export class TransportArrivals {
  readonly #senderSsrc: number;
  /** Microseconds by unwrapped number modulo the length. */
  readonly #arrivals = new Float64Array(slots).fill(none);
  /** First number the next feedback tells of, unwrapped; null before the first packet. */
  #base: number | null = null;
  /** Highest number received, unwrapped. */
  #highest = 0;
  #feedbackCount = 0;

  /** @param senderSsrc - Who sends the feedback. */
  constructor(senderSsrc: number) {
    this.#senderSsrc = senderSsrc;
  }

  /**
   * Notes a packet. One that comes after the feedback that called it lost is told of in no other.
   *
   * @param sequenceNumber - Transport-wide, 16 bits.
   * @param nowMs - Milliseconds, monotonic.
   */
  add(sequenceNumber: number, nowMs: number): void {
    if (this.#base === null) {
      this.#base = sequenceNumber;
      this.#highest = sequenceNumber;
    }
    // The nearest number to the highest one that has these 16 bits.
    const number = this.#highest + (((sequenceNumber - this.#highest) << 16) >> 16);
    if (number < this.#base) return;
    if (number - this.#base >= maximumPacketCount) {
      // So much was lost at once that it is not worth telling.
      this.#arrivals.fill(none);
      this.#base = number;
    }
    this.#highest = Math.max(this.#highest, number);
    this.#arrivals[number % slots] = nowMs * 1000;
  }

  /**
   * Builds the feedback on what came since the last one.
   *
   * @param mediaSsrc - Some stream the packets belong to.
   * @returns The RTCP packet; null when nothing came.
   */
  feedback(mediaSsrc: number): Buffer | null {
    const base = this.#base;
    if (base === null || this.#highest < base) return null;
    const count = this.#highest - base + 1;
    const first = this.#firstArrival(base);
    if (first === none) return null;
    const reference = Math.floor(first / referenceUnitUs);
    const symbols = new Uint8Array(count);
    const deltas = Buffer.alloc(count * 2);
    const deltaBytes = this.#encode(base, reference, symbols, deltas);
    this.#base = this.#highest + 1;

    const chunks = statusChunks(symbols);
    const bytes = 20 + chunks.length * 2 + deltaBytes;
    const packet = Buffer.alloc(Math.ceil(bytes / 4) * 4);
    const padding = packet.length - bytes;
    packet[0] = 0x80 | feedbackFormat | (padding > 0 ? 0x20 : 0);
    packet[1] = feedbackType;
    packet.writeUInt16BE(packet.length / 4 - 1, 2);
    packet.writeUInt32BE(this.#senderSsrc, 4);
    packet.writeUInt32BE(mediaSsrc, 8);
    packet.writeUInt16BE(base & 0xffff, 12);
    packet.writeUInt16BE(count, 14);
    packet.writeIntBE((reference << 8) >> 8, 16, 3);
    packet[19] = this.#feedbackCount;
    this.#feedbackCount = (this.#feedbackCount + 1) & 0xff;
    for (const [index, chunk] of chunks.entries()) packet.writeUInt16BE(chunk, 20 + index * 2);
    packet.set(deltas.subarray(0, deltaBytes), 20 + chunks.length * 2);
    if (padding > 0) packet[packet.length - 1] = padding;
    return packet;
  }

  #firstArrival(base: number): number {
    for (let number = base; number <= this.#highest; number += 1) {
      const arrival = this.#arrivals[number % slots] ?? none;
      if (arrival !== none) return arrival;
    }
    return none;
  }

  /** Fills in statuses and deltas, and forgets the arrivals; returns the bytes of the deltas. */
  #encode(base: number, reference: number, symbols: Uint8Array, deltas: Buffer): number {
    let bytes = 0;
    let last = (reference * referenceUnitUs) / deltaUnitUs;
    for (const index of symbols.keys()) {
      const slot = (base + index) % slots;
      const arrival = this.#arrivals[slot] ?? none;
      this.#arrivals[slot] = none;
      if (arrival === none) continue;
      const at = Math.round(arrival / deltaUnitUs);
      const delta = at - last;
      // 8 s between two packets do not fit: the second is told of as lost.
      if (delta < -0x8000 || delta > 0x7fff) continue;
      last = at;
      if (delta >= 0 && delta <= 0xff) {
        symbols[index] = 1;
        bytes = deltas.writeUInt8(delta, bytes);
      } else {
        symbols[index] = 2;
        bytes = deltas.writeInt16BE(delta, bytes);
      }
    }
    return bytes;
  }
}

/** Statuses as run lengths where they run, else seven to a chunk (§3.1.3, §3.1.4). */
function statusChunks(symbols: Uint8Array): number[] {
  const chunks: number[] = [];
  for (let at = 0; at < symbols.length;) {
    const symbol = symbols[at] ?? 0;
    let run = 1;
    while (run < 0x1fff && symbols[at + run] === symbol) run += 1;
    if (run >= 7) {
      chunks.push((symbol << 13) | run);
      at += run;
      continue;
    }
    let chunk = 0b11;
    for (let index = 0; index < 7; index += 1) chunk = (chunk << 2) | (symbols[at + index] ?? 0);
    chunks.push(chunk);
    at += 7;
  }
  return chunks;
}
