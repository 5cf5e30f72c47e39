import { emptyRecord, type CachedPacket, type PacketCache } from './packet-cache.ts';
import { packetScratch, scratchView } from './packet-scratch.ts';
import { writeRtpHeader, writeRtpPacket, type RtpPacketFields } from './rtp-packet.ts';
import {
  assertPayloadType,
  assertSsrc,
  randomSequenceNumber,
  type Transmit,
} from './rtp-stream.ts';
import type { TokenBucket } from './token-bucket.ts';
import type { TransportSequence } from './transport-sequence.ts';
import { wireOverheadBytes } from './wire.ts';

/** Round-trip time assumed before one was measured, in milliseconds. */
const assumedRttMs = 100;

/** Floor of the time between two resends of a packet: on a local network the RTT is close to 0. */
const minimumResendIntervalMs = 10;

/** Original sequence number in front of an RTX payload (RFC 4588 §4). */
const originalSequenceNumberBytes = 2;

/** The `P` of the first byte of a header, and the most its one byte of length can say (RFC 3550 §5.1). */
const paddingBit = 0x20;
const maximumPaddingBytes = 255;

/** What is sent again for padding: of so many last packets, not older, not again within. */
const recentPackets = 64;
const recentMs = 1000;
const paddingIntervalMs = 250;

/** A retransmission stream as negotiated (RFC 4588 §8.1): `a=ssrc-group:FID` and `a=fmtp:… apt=…`. */
export interface RtxFormat {
  /** SSRC of the retransmissions, 32 bits. */
  readonly ssrc: number;
  /** RTX payload type by the payload type it carries (`apt`). */
  readonly payloadTypes: ReadonlyMap<number, number>;
}

/** What a {@link Retransmitter} is made of. */
export interface RetransmitterOptions {
  /** The packets of the stream it answers for. */
  readonly cache: PacketCache;
  /** The negotiated retransmission stream; null where there is none. */
  readonly rtx: RtxFormat | null;
  /** The receiver's counter, shared with its other streams. */
  readonly transportSequence: TransportSequence;
  /** Where packets go; see {@link Transmit}. */
  readonly transmit: Transmit;
  /** Monotonic milliseconds, the clock of the cached packets. */
  readonly now: () => number;
  /** Uniform in [0, 1), for the first sequence number. */
  readonly random: () => number;
  /** Packets resent for one NACK at most; the receiver asks again for the rest. Default 64. */
  readonly maximumPacketsPerNack?: number;
  /** How many bytes may be resent over time; no limit when absent. */
  readonly allowance?: TokenBucket;
}

/** What became of a NACK. */
export interface NackAnswer {
  /** Packets sent again. */
  readonly resent: number;
  /** Packets that are not kept any more: only a keyframe helps. */
  readonly forgotten: number;
}

/**
 * Answers the NACKs of one stream of one receiver.
 *
 * With RTX every resend is a packet of its own: RTX SSRC, payload type, sequence number and a fresh
 * transport-wide number around the original payload (RFC 4588 §4). Without it the identical bytes
 * are sent again, stale transport-wide number included: changed bytes under a used SSRC and sequence
 * number would reuse an AES-GCM nonce (RFC 7714 §8.2).
 */
export class Retransmitter {
  readonly #cache: PacketCache;
  readonly #payloadTypes: ReadonlyMap<number, number>;
  readonly #transportSequence: TransportSequence;
  readonly #transmit: Transmit;
  readonly #now: () => number;
  readonly #maximumPacketsPerNack: number;
  readonly #allowance: TokenBucket | undefined;
  /** A payload type with its RTX payload type: padding goes as the latter. */
  readonly #padding: readonly [number, number] | undefined;
  /** Header of the next RTX packet, filled anew for each. */
  readonly #header: RtpPacketFields = emptyRecord();
  #sequenceNumber: number;
  #packetCount = 0;
  #octetCount = 0;

  /**
   * @param options - The stream's cache, the RTX stream and where packets go.
   * @throws TypeError when an SSRC or payload type of `rtx` is out of range.
   */
  constructor(options: RetransmitterOptions) {
    const { rtx } = options;
    if (rtx !== null) {
      assertSsrc(rtx.ssrc);
      rtx.payloadTypes.forEach(assertPayloadType);
      this.#header.ssrc = rtx.ssrc;
    }
    this.#cache = options.cache;
    this.#payloadTypes = rtx?.payloadTypes ?? new Map();
    this.#padding = [...this.#payloadTypes][0];
    this.#allowance = options.allowance;
    this.#transportSequence = options.transportSequence;
    this.#transmit = options.transmit;
    this.#now = options.now;
    this.#maximumPacketsPerNack = options.maximumPacketsPerNack ?? 64;
    this.#sequenceNumber = randomSequenceNumber(options.random);
  }

  /** Packets resent. */
  get packetCount(): number {
    return this.#packetCount;
  }

  /** Bytes of original payload resent. */
  get octetCount(): number {
    return this.#octetCount;
  }

  /**
   * Answers one NACK: resends what is still cached, each packet at most once per round trip and
   * all together at most `maximumPacketsPerNack`.
   *
   * @param sequenceNumbers - The missing packets, 16 bits each, most wanted first.
   * @param rttMs - Measured round-trip time in milliseconds; null before the first measurement.
   * @returns What became of it.
   */
  answer(sequenceNumbers: readonly number[], rttMs: number | null): NackAnswer {
    const nowMs = this.#now();
    const intervalMs = Math.max(rttMs ?? assumedRttMs, minimumResendIntervalMs);
    const limit = this.#maximumPacketsPerNack;
    const answer = { resent: 0, forgotten: 0 };
    for (const sequenceNumber of sequenceNumbers) {
      if (answer.resent >= limit || this.#allowance?.has(nowMs) === false) break;
      const packet = this.#cache.get(sequenceNumber);
      if (packet === undefined) answer.forgotten += 1;
      if (packet === undefined || nowMs - packet.resentAtMs < intervalMs) continue;
      packet.resentAtMs = nowMs;
      answer.resent += 1;
      this.#allowance?.take(packet.payload.length + wireOverheadBytes);
      this.#resend(packet);
    }
    return answer;
  }

  /**
   * Sends something the receiver has no use for but acknowledges: a recent packet once more, or padding
   * (RFC 4588 §4, RFC 3550 §5.1), both on the RTX SSRC. Never the same packet twice within 250 ms.
   *
   * @param wanted - Bytes on the wire; less may be sent, and at most 40 more.
   * @returns Bytes on the wire; 0 where there is no RTX.
   */
  pad(wanted: number): number {
    const [mediaType, payloadType] = this.#padding ?? [];
    if (mediaType === undefined || payloadType === undefined) return 0;
    const packet = this.#recent(wanted - wireOverheadBytes - originalSequenceNumberBytes);
    if (packet !== undefined) {
      packet.resentAtMs = this.#now();
      this.#resend(packet);
      return packet.payload.length + wireOverheadBytes + originalSequenceNumberBytes;
    }
    const header = this.#header;
    header.payloadType = payloadType;
    header.marker = false;
    const newest = this.#cache.newest;
    header.timestamp = (newest === undefined ? undefined : this.#cache.get(newest)?.timestamp) ?? 0;
    const room = Math.floor(wanted) - wireOverheadBytes;
    const padding = Math.min(maximumPaddingBytes, Math.max(1, room));
    this.#begin();
    let bytes = writeRtpHeader(packetScratch, header, this.#transportSequence.extensionId);
    packetScratch[0] = (packetScratch[0] ?? 0) | paddingBit;
    packetScratch.fill(0, bytes, bytes + padding);
    bytes += padding;
    packetScratch[bytes - 1] = padding;
    this.#transmit(scratchView(bytes));
    return padding + wireOverheadBytes;
  }

  /** A packet of the last second that has not been sent again lately and is not larger; the newest. */
  #recent(bytes: number): CachedPacket | undefined {
    const { newest } = this.#cache;
    if (newest === undefined || bytes <= 0) return undefined;
    const nowMs = this.#now();
    for (let back = 0; back < recentPackets; back++) {
      const packet = this.#cache.get((newest - back) & 0xffff);
      if (packet === undefined || nowMs - packet.sentAtMs > recentMs) return undefined;
      if (nowMs - packet.resentAtMs < paddingIntervalMs) continue;
      if (packet.payload.length <= bytes && packet.payload.length >= bytes / 4) return packet;
    }
    return undefined;
  }

  #resend(packet: CachedPacket): void {
    const payloadType = this.#payloadTypes.get(packet.payloadType);
    const bytes =
      payloadType === undefined
        ? writeRtpPacket(packetScratch, packet, this.#transportSequence.extensionId)
        : this.#writeRtx(packet, payloadType);
    this.#packetCount += 1;
    this.#octetCount += packet.payload.length;
    this.#transmit(scratchView(bytes));
  }

  /** RFC 4588 §4: original timestamp and marker, own numbers, then OSN and the original payload. */
  #writeRtx(packet: CachedPacket, payloadType: number): number {
    const header = this.#header;
    header.payloadType = payloadType;
    header.marker = packet.marker;
    header.timestamp = packet.timestamp;
    this.#begin();
    let bytes = writeRtpHeader(packetScratch, header, this.#transportSequence.extensionId);
    bytes = packetScratch.writeUInt16BE(packet.sequenceNumber, bytes);
    packetScratch.set(packet.payload, bytes);
    return bytes + packet.payload.length;
  }

  /** The next numbers of the RTX stream, into the header. */
  #begin(): void {
    this.#header.sequenceNumber = this.#sequenceNumber;
    this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
    this.#header.transportSequenceNumber = this.#transportSequence.next();
  }
}
