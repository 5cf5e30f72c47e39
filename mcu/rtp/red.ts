/** Block header of an earlier frame: F bit and payload type, 14 bits of offset, 10 bits of length (RFC 2198 §3). */
const blockHeaderBytes = 4;
/** Block header of the newest frame: its payload type. */
const lastHeaderBytes = 1;
/** An earlier frame may be this much older than the newest, in timestamp units: 14 bits, 341 ms at 48 kHz. */
const mostOffset = 0x3fff;
/** An earlier frame may have this many bytes: 10 bits. */
const mostLength = 0x3ff;
/** More does not go through every network in one piece, headers and SRTP included. */
const mostBytes = 1200;

/** So many earlier frames ride along at most. */
export type Redundancy = 0 | 1 | 2;

/** A frame that has been sent. */
interface SentFrame {
  frame: Buffer;
  /** As in {@link RedPacker.next}. */
  timestamp: number;
}

/**
 * Packs frames of sound with the one or two before them (RED, RFC 2198), so that a receiver who misses a packet finds
 * its frame in one of the next. Remembers the last frames whether they are packed or not: redundancy is there from the
 * first packet that wants it. Frames may be of any length and change it at any time; where a silence was left out, the
 * frames before it are too old to be carried.
 */
export class RedPacker {
  readonly #payloadType: number;
  /** Newest first. */
  readonly #sent: SentFrame[] = [];

  /** @param payloadType - of the frames themselves, 0 to 127: RED has one of its own. */
  constructor(payloadType: number) {
    this.#payloadType = payloadType;
  }

  /**
   * Takes the next frame. Costs a copy of the payload where redundancy is wanted, nothing where not.
   *
   * @param frame - Never written to again: it may be carried by the next packets too.
   * @param timestamp - Its media time in units of the clock rate; any integer, later than the one before.
   * @param redundancy - So many earlier frames are wanted.
   * @returns The payload of a RED packet; null when the frame goes alone, as a packet of its own payload type.
   */
  next(frame: Buffer, timestamp: number, redundancy: Redundancy): Buffer | null {
    const count = this.#fitting(frame, timestamp, redundancy);
    const payload = count === 0 ? null : this.#pack(frame, timestamp, count);
    const oldest = this.#sent.length < 2 ? { frame, timestamp } : this.#sent.pop();
    if (oldest !== undefined) {
      oldest.frame = frame;
      oldest.timestamp = timestamp;
      this.#sent.unshift(oldest);
    }
    return payload;
  }

  /** How many of the last frames, without a gap among them, can be carried. */
  #fitting(frame: Buffer, timestamp: number, wanted: number): number {
    let bytes = lastHeaderBytes + frame.length;
    let count = 0;
    for (const sent of this.#sent) {
      const offset = timestamp - sent.timestamp;
      bytes += blockHeaderBytes + sent.frame.length;
      const isUsable =
        offset > 0 &&
        offset <= mostOffset &&
        sent.frame.length > 0 &&
        sent.frame.length <= mostLength;
      if (count >= wanted || !isUsable || bytes > mostBytes) break;
      count += 1;
    }
    return count;
  }

  /** Headers first, then the frames, both from the oldest to the newest (RFC 2198 §3). */
  #pack(frame: Buffer, timestamp: number, count: number): Buffer {
    const carried = this.#sent.slice(0, count).reverse();
    const carriedBytes = carried.reduce((sum, sent) => sum + sent.frame.length, 0);
    const headerBytes = count * blockHeaderBytes + lastHeaderBytes;
    const payload = Buffer.allocUnsafe(headerBytes + carriedBytes + frame.length);
    let header = 0;
    let data = headerBytes;
    for (const sent of carried) {
      const { length } = sent.frame;
      payload.writeUInt8(0x80 | this.#payloadType, header);
      payload.writeUIntBE(((timestamp - sent.timestamp) << 10) | length, header + 1, 3);
      payload.set(sent.frame, data);
      header += blockHeaderBytes;
      data += length;
    }
    payload.writeUInt8(this.#payloadType, header);
    payload.set(frame, data);
    return payload;
  }
}
