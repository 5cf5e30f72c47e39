import { emptyRecord, type CachedPacket, type PacketCache } from './packet-cache.ts';
import { packetScratch, scratchView } from './packet-scratch.ts';
import { writeRtpHeader, writeRtpPacket, type RtpPacketFields } from './rtp-packet.ts';
import {
  assertPayloadType,
  assertSsrc,
  randomSequenceNumber,
  type Transmit,
} from './rtp-stream.ts';
import type { TransportSequence } from './transport-sequence.ts';

/** Round-trip time assumed before one was measured, in milliseconds. */
const assumedRttMs = 100;

/** Floor of the time between two resends of a packet: on a local network the RTT is close to 0. */
const minimumResendIntervalMs = 10;

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
   * @returns Packets resent.
   */
  answer(sequenceNumbers: readonly number[], rttMs: number | null): number {
    const nowMs = this.#now();
    const intervalMs = Math.max(rttMs ?? assumedRttMs, minimumResendIntervalMs);
    let resent = 0;
    for (const sequenceNumber of sequenceNumbers) {
      if (resent >= this.#maximumPacketsPerNack) break;
      const packet = this.#cache.get(sequenceNumber);
      if (packet === undefined || nowMs - packet.resentAtMs < intervalMs) continue;
      packet.resentAtMs = nowMs;
      resent += 1;
      this.#resend(packet);
    }
    return resent;
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
    header.sequenceNumber = this.#sequenceNumber;
    this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
    header.transportSequenceNumber = this.#transportSequence.next();
    let bytes = writeRtpHeader(packetScratch, header, this.#transportSequence.extensionId);
    bytes = packetScratch.writeUInt16BE(packet.sequenceNumber, bytes);
    packetScratch.set(packet.payload, bytes);
    return bytes + packet.payload.length;
  }
}
