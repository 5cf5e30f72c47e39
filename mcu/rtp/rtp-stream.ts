import { emptyRecord, type PacketCache } from './packet-cache.ts';
import { packetScratch, scratchView } from './packet-scratch.ts';
import { writeRtpPacket } from './rtp-packet.ts';
import type { SenderInfo } from './sender-report.ts';
import type { TransportSequence } from './transport-sequence.ts';

/**
 * Puts one packet on the wire.
 *
 * The buffer is scratch memory, valid only during the call: whoever keeps it must copy it.
 * node-datachannel's `sendMessageBinary` does.
 */
export type Transmit = (packet: Buffer) => void;

/** What an {@link RtpStream} is made of. */
export interface RtpStreamOptions {
  /** Own SSRC, 32 bits, as announced in the SDP. */
  readonly ssrc: number;
  /** First payload type, 0 to 127. */
  readonly payloadType: number;
  /** The receiver's counter, shared with its other streams. */
  readonly transportSequence: TransportSequence;
  /** Where packets go. What it throws comes out of the sending method, the packet counted as sent. */
  readonly transmit: Transmit;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Uniform in [0, 1), for the first sequence number and timestamp (RFC 3550 §5.1). */
  readonly random: () => number;
  /** Where sent packets are kept for resending; absent where nothing is ever resent. */
  readonly cache?: PacketCache;
}

/**
 * One outgoing RTP stream (video or audio) of one receiver: own SSRC, contiguous sequence numbers
 * and an own timestamp offset, whatever encoder its payloads come from. Allocates nothing per packet.
 */
export class RtpStream {
  /** Own SSRC, 32 bits. */
  readonly ssrc: number;
  readonly #transportSequence: TransportSequence;
  readonly #transmit: Transmit;
  readonly #now: () => number;
  readonly #cache: PacketCache | undefined;
  readonly #uncached = emptyRecord();
  readonly #timestampOffset: number;
  #payloadType: number;
  #sequenceNumber: number;
  #packetCount = 0;
  #octetCount = 0;

  /**
   * @param options - Identity, numbering and where packets go.
   * @throws TypeError when the SSRC or the payload type is out of range.
   */
  constructor(options: RtpStreamOptions) {
    assertSsrc(options.ssrc);
    assertPayloadType(options.payloadType);
    this.ssrc = options.ssrc;
    this.#payloadType = options.payloadType;
    this.#transportSequence = options.transportSequence;
    this.#transmit = options.transmit;
    this.#now = options.now;
    this.#cache = options.cache;
    this.#sequenceNumber = randomSequenceNumber(options.random);
    this.#timestampOffset = Math.floor(options.random() * 2 ** 32);
  }

  /** Payload type of the packets to come, 0 to 127. */
  get payloadType(): number {
    return this.#payloadType;
  }

  /**
   * Changes the payload type from the next packet on: a switch to another codec.
   *
   * @throws TypeError when it is not an integer from 0 to 127.
   */
  set payloadType(payloadType: number) {
    assertPayloadType(payloadType);
    this.#payloadType = payloadType;
  }

  /** The number of the packet that is sent next, 16 bits. */
  get nextSequenceNumber(): number {
    return this.#sequenceNumber;
  }

  /** Packets sent, resends not counted. */
  get packetCount(): number {
    return this.#packetCount;
  }

  /** Payload bytes sent, without headers, resends not counted. */
  get octetCount(): number {
    return this.#octetCount;
  }

  /**
   * Sends one picture; the marker is set on its last packet.
   *
   * @param payloads - RTP payloads, shared between receivers and never written to again.
   * @param timestamp - Media time of the picture in units of the clock rate; any integer up to 2^53.
   */
  send(payloads: readonly Buffer[], timestamp: number): void {
    const nowMs = this.#now();
    let left = payloads.length;
    for (const payload of payloads) {
      left -= 1;
      this.#send(payload, timestamp, left === 0, nowMs);
    }
  }

  /**
   * Sends one packet that is complete in itself, such as an Opus frame.
   *
   * @param payload - RTP payload, shared between receivers and never written to again; at most 1400 bytes.
   * @param timestamp - Media time in units of the clock rate; any integer up to 2^53.
   * @param marker - For audio: whether it is the first packet after a silence (RFC 3551 §4.1).
   * @throws RangeError when the packet would be larger than 1500 bytes; no sequence number is used.
   */
  sendPacket(payload: Buffer, timestamp: number, marker: boolean): void {
    this.#send(payload, timestamp, marker, this.#now());
  }

  /**
   * What a sender report says about this stream (RFC 3550 §6.4.1).
   *
   * @param timestamp - The media time at the moment of the report, in the same units and from the
   *   same origin as in {@link send}. Audio and video are in sync when both are given for one moment.
   * @returns The fields of the report, counters modulo 2^32.
   */
  senderInfo(timestamp: number): SenderInfo {
    return {
      ssrc: this.ssrc,
      rtpTimestamp: this.#wireTimestamp(timestamp),
      packetCount: this.#packetCount >>> 0,
      octetCount: this.#octetCount >>> 0,
    };
  }

  #send(payload: Buffer, timestamp: number, marker: boolean, nowMs: number): void {
    const packet = this.#cache?.claim(this.#sequenceNumber, nowMs) ?? this.#uncached;
    packet.payloadType = this.#payloadType;
    packet.marker = marker;
    packet.sequenceNumber = this.#sequenceNumber;
    packet.timestamp = this.#wireTimestamp(timestamp);
    packet.ssrc = this.ssrc;
    packet.payload = payload;
    packet.transportSequenceNumber = this.#transportSequence.next();
    const bytes = writeRtpPacket(packetScratch, packet, this.#transportSequence.extensionId);

    this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
    this.#packetCount += 1;
    this.#octetCount += payload.length;
    this.#transmit(scratchView(bytes));
  }

  /** `>>>` takes any safe integer modulo 2^32. */
  #wireTimestamp(timestamp: number): number {
    return (this.#timestampOffset + timestamp) >>> 0;
  }
}

/**
 * Picks a first sequence number from the lower half of the range: a receiver that misses packets
 * right at a wrap-around would guess the SRTP rollover counter wrong (RFC 3711 §3.3.1).
 *
 * @param random - Uniform in [0, 1).
 * @returns 0 to 32767.
 */
export function randomSequenceNumber(random: () => number): number {
  return Math.floor(random() * 0x8000);
}

/**
 * Checks an SSRC.
 *
 * @param ssrc - The value to check.
 * @throws TypeError when it is not an integer of 32 bits.
 */
export function assertSsrc(ssrc: number): void {
  if (!Number.isInteger(ssrc) || ssrc < 0 || ssrc > 0xffffffff) {
    throw new TypeError('ssrc must be an integer from 0 to 4294967295.');
  }
}

/**
 * Checks a payload type.
 *
 * @param payloadType - The value to check.
 * @throws TypeError when it is not an integer from 0 to 127.
 */
export function assertPayloadType(payloadType: number): void {
  if (!Number.isInteger(payloadType) || payloadType < 0 || payloadType > 127) {
    throw new TypeError('payloadType must be an integer from 0 to 127.');
  }
}
