/** One packet of a feedback: lost, or received so many units of 250 µs after the previous one. */
export type Arrival =
  { readonly received: false } | { readonly received: true; readonly delta: number };

/** How packets are put into status chunks. */
export type ChunkKind = 'run-length' | 'one-bit' | 'two-bit';

/** What a transport-wide feedback says, in its wire units. */
export interface FeedbackContent {
  readonly base: number;
  readonly reference: number;
  readonly count: number;
  readonly arrivals: readonly Arrival[];
  /** Preferred kinds of chunks, used in turn; a one-bit chunk is made only where it can say the truth. */
  readonly kinds: readonly ChunkKind[];
  /** Zero-fill to whole words with the padding bit set, as libwebrtc does. */
  readonly paddingBit: boolean;
}

const statusOf = (arrival: Arrival): number =>
  !arrival.received ? 0 : arrival.delta >= 0 && arrival.delta <= 255 ? 1 : 2;

/** Encodes a whole RTCP packet from draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1. */
export function encodeTransportFeedback(content: FeedbackContent): Buffer {
  const statuses = content.arrivals.map(statusOf);
  const chunks: number[] = [];
  for (let at = 0, turn = 0; at < statuses.length; turn += 1) {
    const kind = content.kinds[turn % content.kinds.length]!;
    const next = (count: number): number[] =>
      Array.from({ length: count }, (_, index) => statuses[at + index] ?? 0);
    if (kind === 'run-length') {
      const status = statuses[at]!;
      let length = 1;
      while (statuses[at + length] === status && length < 8191) length += 1;
      chunks.push((status << 13) | length);
      at += length;
    } else if (kind === 'one-bit' && next(14).every((status) => status < 2)) {
      chunks.push(next(14).reduce((bits, status) => (bits << 1) | status, 0b10));
      at += 14;
    } else {
      chunks.push(next(7).reduce((bits, status) => (bits << 2) | status, 0b11));
      at += 7;
    }
  }
  const deltas = content.arrivals.flatMap((arrival) => {
    if (!arrival.received) return [];
    return statusOf(arrival) === 1
      ? [arrival.delta]
      : [(arrival.delta >> 8) & 0xff, arrival.delta & 0xff];
  });
  const bytes = 20 + chunks.length * 2 + deltas.length;
  const packet = Buffer.alloc(Math.ceil(bytes / 4) * 4);
  const padding = packet.length - bytes;
  packet[0] = 0x80 | 15 | (content.paddingBit && padding > 0 ? 0x20 : 0);
  packet[1] = 205;
  packet.writeUInt16BE(packet.length / 4 - 1, 2);
  packet.writeUInt32BE(0x01020304, 4);
  packet.writeUInt32BE(0x05060708, 8);
  packet.writeUInt16BE(content.base, 12);
  packet.writeUInt16BE(content.arrivals.length, 14);
  packet.writeIntBE(content.reference, 16, 3);
  packet[19] = content.count;
  chunks.forEach((chunk, index) => packet.writeUInt16BE(chunk, 20 + index * 2));
  packet.set(deltas, 20 + chunks.length * 2);
  if (content.paddingBit && padding > 0) packet[packet.length - 1] = padding;
  return packet;
}
