/** Fixed RTP header without CSRCs, in bytes (RFC 3550 §5.1). */
export const rtpHeaderBytes = 12;

/**
 * The transport-wide sequence number as the only one-byte header extension: 4 bytes of RFC 8285
 * header, 1 of id and length, 2 of value, 1 of padding.
 */
export const transportExtensionBytes = 8;

/** `defined by profile` of a one-byte header extension (RFC 8285 §4.2). */
const oneByteProfile = 0xbede;

/** What distinguishes one RTP packet from another. */
export interface RtpPacketFields {
  /** 0 to 127. */
  payloadType: number;
  /** Last packet of a picture, or first after a silence (RFC 3551 §4.1). */
  marker: boolean;
  /** 16 bits. */
  sequenceNumber: number;
  /** 32 bits, in units of the payload type's clock rate. */
  timestamp: number;
  /** 32 bits. */
  ssrc: number;
  /** 16 bits, or null where transport-wide congestion control was not negotiated. */
  transportSequenceNumber: number | null;
  /** Without padding. */
  payload: Buffer;
}

/**
 * Writes the fixed header (RFC 3550 §5.1) and, where there is a number to carry, the one-byte
 * extension (RFC 8285 §4.2) with the transport-wide sequence number
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01 §2). The payload is not written. Allocates nothing.
 *
 * @param target - Written from its start.
 * @param fields - The packet.
 * @param extensionId - Negotiated id of the transport-wide sequence number, 1 to 14, or null.
 * @returns Bytes written: 12 or 20.
 */
export function writeRtpHeader(
  target: Buffer,
  fields: RtpPacketFields,
  extensionId: number | null,
): number {
  const { transportSequenceNumber, sequenceNumber, timestamp, ssrc } = fields;
  const extended = extensionId !== null && transportSequenceNumber !== null;
  target[0] = extended ? 0x90 : 0x80;
  target[1] = (fields.marker ? 0x80 : 0) | fields.payloadType;
  target[2] = sequenceNumber >>> 8;
  target[3] = sequenceNumber;
  target[4] = timestamp >>> 24;
  target[5] = timestamp >>> 16;
  target[6] = timestamp >>> 8;
  target[7] = timestamp;
  target[8] = ssrc >>> 24;
  target[9] = ssrc >>> 16;
  target[10] = ssrc >>> 8;
  target[11] = ssrc;
  if (!extended) return rtpHeaderBytes;
  target[12] = oneByteProfile >>> 8;
  target[13] = oneByteProfile & 0xff;
  target[14] = 0;
  target[15] = 1;
  target[16] = (extensionId << 4) | 1;
  target[17] = transportSequenceNumber >>> 8;
  target[18] = transportSequenceNumber;
  target[19] = 0;
  return rtpHeaderBytes + transportExtensionBytes;
}

/**
 * Writes a whole RTP packet. Equal fields give equal bytes. Allocates nothing.
 *
 * @param target - Written from its start.
 * @param fields - The packet.
 * @param extensionId - Negotiated id of the transport-wide sequence number, 1 to 14, or null.
 * @returns Bytes written.
 * @throws RangeError when the packet does not fit `target`.
 */
export function writeRtpPacket(
  target: Buffer,
  fields: RtpPacketFields,
  extensionId: number | null,
): number {
  const headerBytes = writeRtpHeader(target, fields, extensionId);
  target.set(fields.payload, headerBytes);
  return headerBytes + fields.payload.length;
}

/**
 * Parses an RTP packet from anywhere: CSRCs and unknown extensions are skipped, padding is cut off.
 *
 * @param packet - The packet, decrypted.
 * @param extensionId - Id of the transport-wide sequence number to look for, or null.
 * @returns The fields, `payload` a view of `packet`; null when it is not a well-formed RTP packet.
 */
export function parseRtpPacket(packet: Buffer, extensionId: number | null): RtpPacketFields | null {
  if (packet.length < rtpHeaderBytes) return null;
  const first = packet.readUInt8(0);
  if (first >> 6 !== 2) return null;
  let start = rtpHeaderBytes + (first & 0x0f) * 4;
  let transportSequenceNumber: number | null = null;
  if ((first & 0x10) !== 0) {
    if (start + 4 > packet.length) return null;
    const end = start + 4 + packet.readUInt16BE(start + 2) * 4;
    if (end > packet.length) return null;
    if (extensionId !== null && packet.readUInt16BE(start) === oneByteProfile) {
      transportSequenceNumber = findUint16(packet.subarray(start + 4, end), extensionId);
    }
    start = end;
  }
  const padding = (first & 0x20) === 0 ? 0 : packet.readUInt8(packet.length - 1);
  if (start + padding > packet.length || ((first & 0x20) !== 0 && padding === 0)) return null;
  const second = packet.readUInt8(1);
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequenceNumber: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
    transportSequenceNumber,
    payload: packet.subarray(start, packet.length - padding),
  };
}

/** Value of the two-byte element `id` among one-byte header extensions (RFC 8285 §4.2), or null. */
function findUint16(elements: Buffer, id: number): number | null {
  for (let offset = 0; offset < elements.length;) {
    const head = elements.readUInt8(offset);
    const length = (head & 0x0f) + 1;
    if (head === 0) {
      offset += 1;
      continue;
    }
    if (head >> 4 === 15 || offset + 1 + length > elements.length) return null;
    if (head >> 4 === id && length === 2) return elements.readUInt16BE(offset + 1);
    offset += 1 + length;
  }
  return null;
}
