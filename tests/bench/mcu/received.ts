import { parseRtpPacket } from '../../../mcu/rtp/index.ts';
import { depacketizeH264 } from '../../unit/rtp/depacketize.ts';

/** A packet as a receiver got it. */
export interface ReceivedPacket {
  readonly kind: 'video' | 'rtx';
  readonly packet: Buffer;
  readonly atMs: number;
}

/** A picture as a receiver got it. */
export interface ReceivedPicture {
  /** RTP timestamp. */
  readonly timestamp: number;
  /** When its first packet came. */
  readonly firstMs: number;
  /** What a decoder takes. */
  readonly data: Buffer;
}

const startCode = Buffer.from([0, 0, 0, 1]);

interface Part {
  /** Without wrap-arounds. */
  readonly number: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Buffer;
  readonly atMs: number;
}

/**
 * Puts pictures together again from what a receiver got, in order. Those that miss a packet are left out.
 * @param packets - in the order in which they came
 */
export function picturesOf(
  packets: readonly ReceivedPacket[],
  codec: 'h264' | 'vp8',
): ReceivedPicture[] {
  const pictures: ReceivedPicture[] = [];
  let parts: Part[] = [];
  // Whether all packets since the last picture's end are there.
  let isWhole = false;
  let before: number | null = null;
  for (const part of inOrder(packets)) {
    if (before !== null && part.number !== before + 1) isWhole = false;
    if (parts[0] !== undefined && parts[0].timestamp !== part.timestamp) parts = [];
    before = part.number;
    parts.push(part);
    if (!part.marker) continue;
    const payloads = parts.map(({ payload }) => payload);
    if (isWhole || pictures.length === 0) {
      pictures.push({
        timestamp: part.timestamp,
        firstMs: Math.min(...parts.map(({ atMs }) => atMs)),
        data: codec === 'h264' ? h264(payloads) : vp8(payloads),
      });
    }
    isWhole = true;
    parts = [];
  }
  return pictures;
}

function inOrder(packets: readonly ReceivedPacket[]): Part[] {
  const parts = new Map<number, Part>();
  let highest: number | null = null;
  for (const { kind, packet, atMs } of packets) {
    const rtp = parseRtpPacket(packet, null);
    if (rtp === null) continue;
    let { sequenceNumber, payload } = rtp;
    if (kind === 'rtx') {
      // RFC 4588 §4; what is too short is a probe.
      if (payload.length <= 2) continue;
      sequenceNumber = payload.readUInt16BE(0);
      payload = payload.subarray(2);
    }
    if (payload.length === 0) continue;
    const number: number =
      highest === null ? sequenceNumber : highest + (((sequenceNumber - highest) << 16) >> 16);
    highest = Math.max(highest ?? number, number);
    const { timestamp, marker } = rtp;
    if (!parts.has(number)) parts.set(number, { number, timestamp, marker, payload, atMs });
  }
  return [...parts.values()].sort((a, b) => a.number - b.number);
}

const h264 = (payloads: readonly Buffer[]): Buffer =>
  Buffer.concat(depacketizeH264(payloads).flatMap((unit) => [startCode, unit]));

/** Without the payload descriptors, whatever is in them (RFC 7741 §4.2). */
function vp8(payloads: readonly Buffer[]): Buffer {
  return Buffer.concat(payloads.map((payload) => payload.subarray(descriptorBytes(payload))));
}

function descriptorBytes(payload: Buffer): number {
  if (((payload[0] ?? 0) & 0x80) === 0) return 1;
  const extension = payload[1] ?? 0;
  let bytes = 2;
  if ((extension & 0x80) !== 0) bytes += ((payload[bytes] ?? 0) & 0x80) === 0 ? 1 : 2;
  if ((extension & 0x40) !== 0) bytes += 1;
  if ((extension & 0x30) !== 0) bytes += 1;
  return bytes;
}
