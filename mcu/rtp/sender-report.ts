import type { NtpTime } from './ntp.ts';

const senderReportType = 200;
const sourceDescriptionType = 202;
const cnameItem = 1;
const senderReportBytes = 28;

/** The sender's part of a sender report (RFC 3550 §6.4.1), without its NTP time. */
export interface SenderInfo {
  /** SSRC of the stream, 32 bits. */
  readonly ssrc: number;
  /** RTP timestamp of the moment of the NTP time, 32 bits, offset included. */
  readonly rtpTimestamp: number;
  /** Packets sent, modulo 2^32. */
  readonly packetCount: number;
  /** Payload bytes sent, modulo 2^32. */
  readonly octetCount: number;
}

/**
 * Builds a compound RTCP packet: a sender report without report blocks (RFC 3550 §6.4.1) and the
 * source description with the CNAME (§6.5.1) that every compound packet must have (§6.1).
 *
 * @param info - The stream's counters, from `RtpStream.senderInfo`.
 * @param ntp - The moment of the report.
 * @param cname - Canonical name; equal for the streams of one receiver that are played in sync.
 * @returns The packet, to be sent as it is.
 * @throws TypeError when `cname` is empty or longer than 255 bytes of UTF-8.
 */
export function buildSenderReport(info: SenderInfo, ntp: NtpTime, cname: string): Buffer {
  const cnameBytes = Buffer.byteLength(cname);
  if (cnameBytes < 1 || cnameBytes > 255) {
    throw new TypeError('cname must have 1 to 255 bytes.');
  }
  // SSRC, item type, item length, text and at least one terminating zero, in whole words.
  const chunkBytes = Math.ceil((4 + 2 + cnameBytes + 1) / 4) * 4;
  const report = Buffer.alloc(senderReportBytes + 4 + chunkBytes);

  report.writeUInt8(0x80, 0);
  report.writeUInt8(senderReportType, 1);
  report.writeUInt16BE(senderReportBytes / 4 - 1, 2);
  report.writeUInt32BE(info.ssrc, 4);
  report.writeUInt32BE(ntp.seconds, 8);
  report.writeUInt32BE(ntp.fraction, 12);
  report.writeUInt32BE(info.rtpTimestamp, 16);
  report.writeUInt32BE(info.packetCount, 20);
  report.writeUInt32BE(info.octetCount, 24);

  report.writeUInt8(0x81, senderReportBytes);
  report.writeUInt8(sourceDescriptionType, senderReportBytes + 1);
  report.writeUInt16BE(chunkBytes / 4, senderReportBytes + 2);
  report.writeUInt32BE(info.ssrc, senderReportBytes + 4);
  report.writeUInt8(cnameItem, senderReportBytes + 8);
  report.writeUInt8(cnameBytes, senderReportBytes + 9);
  report.write(cname, senderReportBytes + 10);
  return report;
}
