import type { RtpPacketFields } from './rtp-packet.ts';

/** A sent packet as fields: enough to write the identical bytes, or the RTX packet, again. */
export interface CachedPacket extends RtpPacketFields {
  /** When it was sent, in milliseconds of the injected monotonic clock. */
  sentAtMs: number;
  /** When it was last sent again; −Infinity if never. */
  resentAtMs: number;
}

/** How much a {@link PacketCache} holds. Packet numbers are powers of two up to 32768. */
export interface PacketCacheOptions {
  /** Packets held whatever their age. Default 1024. */
  readonly minimumPackets?: number;
  /** No packet younger than this is forgotten, up to `maximumPackets`. Milliseconds, default 2000. */
  readonly minimumAgeMs?: number;
  /** Hard limit. Default 8192: 2 s of 39 Mbit/s. */
  readonly maximumPackets?: number;
}

const noPayload = Buffer.alloc(0);

/**
 * The sent packets of one stream, for resending: the last `minimumPackets` or the last
 * `minimumAgeMs`, whichever is more.
 *
 * A ring indexed by the low bits of the sequence number, whose length is a power of two that doubles
 * while it would have to forget a young packet. Payloads are held by reference and shared by all
 * receivers, so a packet costs about 100 bytes here, not 1200. Once full it allocates nothing.
 */
export class PacketCache {
  readonly #minimumAgeMs: number;
  readonly #maximumPackets: number;
  #slots: (CachedPacket | undefined)[];
  #newest: number | undefined;

  /**
   * @param options - How much to hold.
   * @throws TypeError when a number of packets is not a power of two, or the limits contradict.
   */
  constructor(options: PacketCacheOptions = {}) {
    const { minimumPackets = 1024, minimumAgeMs = 2000, maximumPackets = 8192 } = options;
    assertPowerOfTwo('minimumPackets', minimumPackets);
    assertPowerOfTwo('maximumPackets', maximumPackets);
    if (minimumPackets > maximumPackets) {
      throw new TypeError('minimumPackets must not be greater than maximumPackets.');
    }
    this.#minimumAgeMs = minimumAgeMs;
    this.#maximumPackets = maximumPackets;
    this.#slots = emptySlots(minimumPackets);
  }

  /**
   * Makes room for the packet after the last one, forgetting the oldest if need be.
   *
   * @param sequenceNumber - 16 bits; each call is one more than the last, modulo 2^16.
   * @param nowMs - Time of sending, milliseconds, monotonic.
   * @returns The record to fill in: all fields but the sequence number and the times are stale.
   */
  claim(sequenceNumber: number, nowMs: number): CachedPacket {
    this.#newest = sequenceNumber;
    let slot = this.#slots[sequenceNumber & (this.#slots.length - 1)];
    if (
      slot !== undefined &&
      slot.sequenceNumber !== sequenceNumber &&
      nowMs - slot.sentAtMs < this.#minimumAgeMs &&
      this.#slots.length < this.#maximumPackets
    ) {
      this.#grow();
      slot = this.#slots[sequenceNumber & (this.#slots.length - 1)];
    }
    if (slot === undefined) {
      slot = emptyRecord();
      this.#slots[sequenceNumber & (this.#slots.length - 1)] = slot;
    }
    slot.sequenceNumber = sequenceNumber;
    slot.sentAtMs = nowMs;
    slot.resentAtMs = Number.NEGATIVE_INFINITY;
    return slot;
  }

  /** Sequence number of the packet claimed last; undefined before the first. */
  get newest(): number | undefined {
    return this.#newest;
  }

  /**
   * Finds a packet.
   *
   * @param sequenceNumber - 16 bits.
   * @returns The record, to be used at once: it will be filled with another packet later.
   *   Undefined when it was never sent or is forgotten.
   */
  get(sequenceNumber: number): CachedPacket | undefined {
    const slot = this.#slots[sequenceNumber & (this.#slots.length - 1)];
    return slot?.sequenceNumber === sequenceNumber ? slot : undefined;
  }

  #grow(): void {
    const slots = emptySlots(this.#slots.length * 2);
    for (const slot of this.#slots) {
      if (slot !== undefined) slots[slot.sequenceNumber & (slots.length - 1)] = slot;
    }
    this.#slots = slots;
  }
}

/**
 * An unused record.
 *
 * @returns A record of no packet.
 */
export function emptyRecord(): CachedPacket {
  return {
    payloadType: 0,
    marker: false,
    sequenceNumber: 0,
    timestamp: 0,
    ssrc: 0,
    transportSequenceNumber: null,
    payload: noPayload,
    sentAtMs: 0,
    resentAtMs: Number.NEGATIVE_INFINITY,
  };
}

function emptySlots(length: number): (CachedPacket | undefined)[] {
  return Array.from<CachedPacket | undefined>({ length });
}

/** Beyond half of the number space a 16-bit lookup would be ambiguous. */
function assertPowerOfTwo(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1 || value > 32768 || (value & (value - 1)) !== 0) {
    throw new TypeError(`${name} must be a power of two from 1 to 32768.`);
  }
}
