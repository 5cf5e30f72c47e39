import type { ReportBlock } from './rtcp-types.ts';

const receiverReportType = 201;
const sourceDescriptionType = 202;
const transportLayerFeedbackType = 205;
const payloadSpecificFeedbackType = 206;
const reportBlockBytes = 24;
/** Packets behind the first that a bitmask tells of (RFC 4585 §6.2.1). */
const followingPackets = 16;

/**
 * Builds a compound packet: a receiver report (RFC 3550 §6.4.2) and the source description with the CNAME (§6.5.1).
 *
 * @param senderSsrc - Who reports.
 * @param blocks - One for each stream received, at most 31.
 * @param cname - Canonical name, 1 to 255 bytes of UTF-8.
 * @returns The packet, to be sent as it is.
 */
export function buildReceiverReport(
  senderSsrc: number,
  blocks: readonly ReportBlock[],
  cname: string,
): Buffer {
  const reportBytes = 8 + blocks.length * reportBlockBytes;
  const cnameBytes = Buffer.byteLength(cname);
  const chunkBytes = Math.ceil((4 + 2 + cnameBytes + 1) / 4) * 4;
  const packet = Buffer.alloc(reportBytes + 4 + chunkBytes);
  writeHeader(packet, 0, blocks.length, receiverReportType, reportBytes);
  packet.writeUInt32BE(senderSsrc, 4);
  for (const [index, block] of blocks.entries()) {
    const at = 8 + index * reportBlockBytes;
    packet.writeUInt32BE(block.ssrc, at);
    packet.writeUInt8(Math.min(255, Math.max(0, Math.floor(block.fractionLost * 256))), at + 4);
    packet.writeIntBE(Math.max(-0x800000, Math.min(0x7fffff, block.cumulativeLost)), at + 5, 3);
    packet.writeUInt32BE(block.highestSequenceNumber >>> 0, at + 8);
    packet.writeUInt32BE(block.jitter >>> 0, at + 12);
    packet.writeUInt32BE(block.lastSenderReport >>> 0, at + 16);
    packet.writeUInt32BE(block.delaySinceLastSenderReport >>> 0, at + 20);
  }
  writeHeader(packet, reportBytes, 1, sourceDescriptionType, 4 + chunkBytes);
  packet.writeUInt32BE(senderSsrc, reportBytes + 4);
  packet.writeUInt8(1, reportBytes + 8);
  packet.writeUInt8(cnameBytes, reportBytes + 9);
  packet.write(cname, reportBytes + 10);
  return packet;
}

/**
 * Builds a generic NACK (RFC 4585 §6.2.1).
 *
 * @param senderSsrc - Who misses packets.
 * @param mediaSsrc - The stream they are missing from.
 * @param sequenceNumbers - The missing packets in the order of sending, 16 bits each.
 */
export function buildNack(
  senderSsrc: number,
  mediaSsrc: number,
  sequenceNumbers: readonly number[],
): Buffer {
  const items: { first: number; following: number }[] = [];
  for (const sequenceNumber of sequenceNumbers) {
    const last = items.at(-1);
    const behind = last === undefined ? 0 : (sequenceNumber - last.first) & 0xffff;
    if (last !== undefined && behind >= 1 && behind <= followingPackets) {
      last.following |= 1 << (behind - 1);
    } else {
      items.push({ first: sequenceNumber, following: 0 });
    }
  }
  const packet = Buffer.alloc(12 + items.length * 4);
  writeHeader(packet, 0, 1, transportLayerFeedbackType, packet.length);
  packet.writeUInt32BE(senderSsrc, 4);
  packet.writeUInt32BE(mediaSsrc, 8);
  for (const [index, { first, following }] of items.entries()) {
    packet.writeUInt16BE(first, 12 + index * 4);
    packet.writeUInt16BE(following, 14 + index * 4);
  }
  return packet;
}

/**
 * Builds a picture loss indication (RFC 4585 §6.3.1): a keyframe is wanted.
 *
 * @param senderSsrc - Who asks.
 * @param mediaSsrc - The stream.
 */
export function buildPli(senderSsrc: number, mediaSsrc: number): Buffer {
  const packet = Buffer.alloc(12);
  writeHeader(packet, 0, 1, payloadSpecificFeedbackType, packet.length);
  packet.writeUInt32BE(senderSsrc, 4);
  packet.writeUInt32BE(mediaSsrc, 8);
  return packet;
}

function writeHeader(packet: Buffer, at: number, count: number, type: number, bytes: number): void {
  packet.writeUInt8(0x80 | count, at);
  packet.writeUInt8(type, at + 1);
  packet.writeUInt16BE(bytes / 4 - 1, at + 2);
}
