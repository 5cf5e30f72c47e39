/** Statuses of a packet in a transport-wide feedback (§3.1.1 of the draft). */
const packetStatus = {
  /** Not received (yet). */
  lost: 0,
  /** Received; the delta was sent in one byte. */
  smallDelta: 1,
  /** Received; the delta was sent in two bytes, and may be negative. */
  largeDelta: 2,
} as const;

const reservedStatus = 3;
const headerBytes = 16;
/**
 * 36 bytes can claim 65535 lost packets, and a datagram holds forty such feedbacks. No honest
 * receiver reports on more than this at once: it is 5 to 10 s of a downlink.
 */
const maximumPacketCount = 2048;
const deltaUnitUs = 250;
const referenceUnitUs = 64_000;

/**
 * A transport-wide congestion control feedback
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1), which tells when each packet arrived.
 *
 * Packet `i` has the transport-wide number `baseSequenceNumber + i` modulo 2^16. Its arrival time is
 * `referenceTimeUs` plus the sum of `deltasUs[0]` to `deltasUs[i]`, on a clock of the receiver's own.
 */
export interface TransportFeedback {
  /** Discriminant. */
  readonly type: 'transport-feedback';
  /** SSRC of the sender of the feedback. */
  readonly senderSsrc: number;
  /** SSRC of some stream the packets belong to. */
  readonly mediaSsrc: number;
  /** Transport-wide number of the first packet reported, 16 bits. */
  readonly baseSequenceNumber: number;
  /** Packets reported, received or not; 1 to 2048. */
  readonly packetCount: number;
  /** Microseconds; a signed multiple of 64 ms that wraps at 24 bits, about every 12 days. */
  readonly referenceTimeUs: number;
  /** Counter of feedback packets, 8 bits: a gap means that feedback was lost. */
  readonly feedbackCount: number;
  /** Per packet: 0 not received (yet), 1 received with a delta of one byte, 2 of two bytes (maybe negative). */
  readonly statuses: Uint8Array;
  /** Microseconds since the previous received packet (the first: since the reference time); 0 for lost packets. */
  readonly deltasUs: Int32Array;
}

/**
 * Parses the body of a transport-wide feedback. Input may be hostile: the work is bounded by the
 * packet count, and nothing is read beyond the body.
 *
 * @param body - The RTCP packet after its first four bytes, without padding.
 * @returns The feedback; null when it is truncated, uses the reserved status, or reports on no packet
 *   or on more than 2048.
 */
export function parseTransportFeedback(body: Buffer): TransportFeedback | null {
  if (body.length < headerBytes) return null;
  const packetCount = body.readUInt16BE(10);
  if (packetCount === 0 || packetCount > maximumPacketCount) return null;
  const statuses = new Uint8Array(packetCount);
  const deltasOffset = readStatuses(body, statuses);
  if (deltasOffset === null) return null;
  const deltasUs = readDeltas(body, deltasOffset, statuses);
  if (deltasUs === null) return null;
  return {
    type: 'transport-feedback',
    senderSsrc: body.readUInt32BE(0),
    mediaSsrc: body.readUInt32BE(4),
    baseSequenceNumber: body.readUInt16BE(8),
    packetCount,
    referenceTimeUs: body.readIntBE(12, 3) * referenceUnitUs,
    feedbackCount: body.readUInt8(15),
    statuses,
    deltasUs,
  };
}

/**
 * Reads packet status chunks (§3.1.2 to §3.1.4) until every packet has its status; what the last
 * chunk has beyond them is ignored. Returns the offset behind the chunks, or null.
 */
function readStatuses(body: Buffer, statuses: Uint8Array): number | null {
  let offset = headerBytes;
  for (let filled = 0; filled < statuses.length;) {
    if (offset + 2 > body.length) return null;
    const chunk = body.readUInt16BE(offset);
    offset += 2;
    if ((chunk & 0x8000) === 0) {
      const status = (chunk >> 13) & 3;
      const length = chunk & 0x1fff;
      if (status === reservedStatus) return null;
      statuses.fill(status, filled, filled + length);
      filled += length;
      continue;
    }
    const bits = (chunk & 0x4000) === 0 ? 1 : 2;
    const mask = (1 << bits) - 1;
    for (let shift = 14 - bits; shift >= 0 && filled < statuses.length; shift -= bits) {
      const status = (chunk >> shift) & mask;
      if (status === reservedStatus) return null;
      statuses[filled] = status;
      filled += 1;
    }
  }
  return offset;
}

/** Reads the receive deltas (§3.1.5), in units of 250 µs; null when there are too few. */
function readDeltas(body: Buffer, start: number, statuses: Uint8Array): Int32Array | null {
  const deltasUs = new Int32Array(statuses.length);
  let offset = start;
  for (let index = 0; index < statuses.length; index += 1) {
    const status = statuses[index] ?? packetStatus.lost;
    if (offset + status > body.length) return null;
    if (status === packetStatus.smallDelta) deltasUs[index] = body.readUInt8(offset) * deltaUnitUs;
    if (status === packetStatus.largeDelta)
      deltasUs[index] = body.readInt16BE(offset) * deltaUnitUs;
    // A status is also the number of bytes its delta takes.
    offset += status;
  }
  return deltasUs;
}
