import { compactNtp, type NtpTime } from './ntp.ts';
import type { ReportBlock } from './rtcp-types.ts';

/**
 * How one stream arrives: what a receiver report says of it (RFC 3550 §6.4.1, appendices A.3 and A.8).
 * Resent packets are not counted here, so losses are those of the network.
 */
export class StreamReception {
  /** The stream, 32 bits. */
  readonly ssrc: number;
  readonly #clockRate: number;
  #first: number | null = null;
  #highest = 0;
  #received = 0;
  #jitter = 0;
  #transit: number | null = null;
  #expectedBefore = 0;
  #receivedBefore = 0;
  #report: { readonly compact: number; readonly atMs: number } | null = null;

  /**
   * @param ssrc - The stream.
   * @param clockRate - Units of its timestamps in a second.
   */
  constructor(ssrc: number, clockRate: number) {
    this.ssrc = ssrc;
    this.#clockRate = clockRate;
  }

  /** Packets received. */
  get received(): number {
    return this.#received;
  }

  /** Packets sent, as the sequence numbers tell. */
  get expected(): number {
    return this.#first === null ? 0 : this.#highest - this.#first + 1;
  }

  /**
   * Counts a packet.
   *
   * @param sequenceNumber - 16 bits.
   * @param timestamp - 32 bits.
   * @param nowMs - Milliseconds, monotonic.
   * @returns Its sequence number without wrap-arounds; wrap-arounds are counted from the first packet on.
   */
  add(sequenceNumber: number, timestamp: number, nowMs: number): number {
    if (this.#first === null) {
      this.#first = sequenceNumber;
      this.#highest = sequenceNumber;
    }
    const number = this.#highest + (((sequenceNumber - this.#highest) << 16) >> 16);
    this.#highest = Math.max(this.#highest, number);
    this.#received += 1;
    const transit = ((nowMs * this.#clockRate) / 1000 - timestamp) % 2 ** 32;
    if (this.#transit !== null) {
      const change = Math.abs(transit - this.#transit) % 2 ** 32;
      this.#jitter += (Math.min(change, 2 ** 32 - change) - this.#jitter) / 16;
    }
    this.#transit = transit;
    return number;
  }

  /**
   * Takes a sender report on the stream.
   *
   * @param ntp - Its moment.
   * @param nowMs - When it arrived, milliseconds, monotonic.
   */
  reported(ntp: NtpTime, nowMs: number): void {
    this.#report = { compact: compactNtp(ntp), atMs: nowMs };
  }

  /**
   * The report block for what came since the last one.
   *
   * @param nowMs - Milliseconds, monotonic.
   * @returns Null before the first packet.
   */
  block(nowMs: number): ReportBlock | null {
    if (this.#first === null) return null;
    const expected = this.expected;
    const expectedNow = expected - this.#expectedBefore;
    const receivedNow = this.#received - this.#receivedBefore;
    this.#expectedBefore = expected;
    this.#receivedBefore = this.#received;
    return {
      ssrc: this.ssrc,
      fractionLost: expectedNow > receivedNow ? (expectedNow - receivedNow) / expectedNow : 0,
      cumulativeLost: expected - this.#received,
      highestSequenceNumber: this.#highest >>> 0,
      jitter: Math.floor(this.#jitter),
      lastSenderReport: this.#report?.compact ?? 0,
      delaySinceLastSenderReport:
        this.#report === null ? 0 : Math.round(((nowMs - this.#report.atMs) / 1000) * 65536),
    };
  }
}
