import { compactNtp, type NtpTime } from './ntp.ts';
import type {
  Bye,
  FullIntraRequest,
  Nack,
  PictureLossIndication,
  ReceiverEstimatedMaximumBitrate,
  ReceiverReport,
  ReportBlock,
  RtcpPacket,
  SenderReport,
} from './rtcp-types.ts';
import { parseTransportFeedback } from './transport-feedback.ts';

/** Packet types (RFC 3550 §12.1, RFC 4585 §6.1). */
const senderReport = 200;
const receiverReport = 201;
const bye = 203;
const transportLayerFeedback = 205;
const payloadSpecificFeedback = 206;

const reportBlockBytes = 24;
const rembIdentifier = 0x52454d42; // 'REMB'

/**
 * Parses a compound or reduced-size (RFC 5506) RTCP packet.
 *
 * Input may be hostile: it never throws, never reads beyond the packet, and its work and memory are
 * bounded by the length of the input (and 2048 statuses per transport-wide feedback). A malformed
 * packet is left out; after a wrong version or length nothing more is read. SDES and unknown types
 * are skipped.
 *
 * @param compound - The packet, decrypted.
 * @returns What was understood, in order; often empty.
 */
export function parseRtcp(compound: Buffer): RtcpPacket[] {
  const packets: RtcpPacket[] = [];
  for (let offset = 0; offset + 4 <= compound.length;) {
    const first = compound.readUInt8(offset);
    const end = offset + 4 + compound.readUInt16BE(offset + 2) * 4;
    if (first >> 6 !== 2 || end > compound.length) break;
    const padded = (first & 0x20) !== 0;
    const body = withoutPadding(compound.subarray(offset + 4, end), padded);
    const type = compound.readUInt8(offset + 1);
    const packet = body === null ? null : parseBody(type, first & 0x1f, body);
    if (packet !== null) packets.push(packet);
    offset = end;
  }
  return packets;
}

/**
 * Round-trip time from a report block (RFC 3550 §6.4.1): arrival of the report − LSR − DLSR.
 *
 * @param block - A report block on a stream for which sender reports are sent.
 * @param arrival - When it arrived, on the clock of those sender reports.
 * @returns Milliseconds, to about 0.02; null before the first sender report, and where the clocks
 *   make it negative.
 */
export function roundTripMs(block: ReportBlock, arrival: NtpTime): number | null {
  if (block.lastSenderReport === 0) return null;
  const units =
    (compactNtp(arrival) - block.lastSenderReport - block.delaySinceLastSenderReport) | 0;
  return units < 0 ? null : (units / 65536) * 1000;
}

/**
 * Cuts off padding (RFC 3550 §6.4.1). It need not be whole words: libwebrtc pads transport-wide
 * feedback by one to three bytes.
 */
function withoutPadding(body: Buffer, padded: boolean): Buffer | null {
  if (!padded) return body;
  const padding = body.at(-1) ?? 0;
  return padding === 0 || padding > body.length ? null : body.subarray(0, body.length - padding);
}

function parseBody(type: number, count: number, body: Buffer): RtcpPacket | null {
  switch (type) {
    case senderReport:
      return parseSenderReport(count, body);
    case receiverReport:
      return parseReceiverReport(count, body);
    case bye:
      return parseBye(count, body);
    case transportLayerFeedback:
      if (count === 1) return parseNack(body);
      return count === 15 ? parseTransportFeedback(body) : null;
    case payloadSpecificFeedback:
      if (count === 1) return parsePli(body);
      if (count === 4) return parseFir(body);
      return count === 15 ? parseRemb(body) : null;
    default:
      return null;
  }
}

function parseSenderReport(count: number, body: Buffer): SenderReport | null {
  const reports = parseReportBlocks(body, 24, count);
  if (reports === null) return null;
  return {
    type: 'sender-report',
    ssrc: body.readUInt32BE(0),
    ntp: { seconds: body.readUInt32BE(4), fraction: body.readUInt32BE(8) },
    rtpTimestamp: body.readUInt32BE(12),
    packetCount: body.readUInt32BE(16),
    octetCount: body.readUInt32BE(20),
    reports,
  };
}

function parseReceiverReport(count: number, body: Buffer): ReceiverReport | null {
  const reports = parseReportBlocks(body, 4, count);
  if (reports === null) return null;
  return { type: 'receiver-report', ssrc: body.readUInt32BE(0), reports };
}

/** Null when the body is too short for what stands before the blocks, or for the blocks. */
function parseReportBlocks(body: Buffer, start: number, count: number): ReportBlock[] | null {
  if (start + count * reportBlockBytes > body.length) return null;
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * reportBlockBytes;
    return {
      ssrc: body.readUInt32BE(at),
      fractionLost: body.readUInt8(at + 4) / 256,
      cumulativeLost: body.readIntBE(at + 5, 3),
      highestSequenceNumber: body.readUInt32BE(at + 8),
      jitter: body.readUInt32BE(at + 12),
      lastSenderReport: body.readUInt32BE(at + 16),
      delaySinceLastSenderReport: body.readUInt32BE(at + 20),
    };
  });
}

function parseBye(count: number, body: Buffer): Bye | null {
  const ssrcs = parseSsrcs(body, 0, count);
  return ssrcs === null ? null : { type: 'bye', ssrcs };
}

function parseSsrcs(body: Buffer, start: number, count: number): number[] | null {
  if (start + count * 4 > body.length) return null;
  return Array.from({ length: count }, (_, index) => body.readUInt32BE(start + index * 4));
}

function parseNack(body: Buffer): Nack | null {
  if (body.length < 8) return null;
  const sequenceNumbers: number[] = [];
  for (let at = 8; at + 4 <= body.length; at += 4) {
    const packetId = body.readUInt16BE(at);
    sequenceNumbers.push(packetId);
    let following = body.readUInt16BE(at + 2);
    for (let step = 1; following !== 0; step += 1, following >>= 1) {
      if ((following & 1) !== 0) sequenceNumbers.push((packetId + step) & 0xffff);
    }
  }
  return {
    type: 'nack',
    senderSsrc: body.readUInt32BE(0),
    mediaSsrc: body.readUInt32BE(4),
    sequenceNumbers,
  };
}

function parsePli(body: Buffer): PictureLossIndication | null {
  if (body.length < 8) return null;
  return { type: 'pli', senderSsrc: body.readUInt32BE(0), mediaSsrc: body.readUInt32BE(4) };
}

function parseFir(body: Buffer): FullIntraRequest | null {
  if (body.length < 8) return null;
  const requests = Array.from({ length: Math.floor((body.length - 8) / 8) }, (_, index) => ({
    ssrc: body.readUInt32BE(8 + index * 8),
    sequenceNumber: body.readUInt8(12 + index * 8),
  }));
  return { type: 'fir', senderSsrc: body.readUInt32BE(0), requests };
}

function parseRemb(body: Buffer): ReceiverEstimatedMaximumBitrate | null {
  if (body.length < 16 || body.readUInt32BE(8) !== rembIdentifier) return null;
  const ssrcs = parseSsrcs(body, 16, body.readUInt8(12));
  if (ssrcs === null) return null;
  const exponent = body.readUInt8(13) >> 2;
  const mantissa = body.readUIntBE(13, 3) & 0x3ffff;
  return {
    type: 'remb',
    senderSsrc: body.readUInt32BE(0),
    bitsPerSecond: mantissa * 2 ** exponent,
    ssrcs,
  };
}
