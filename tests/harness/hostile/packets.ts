import fc from 'fast-check';
import {
  buildNack,
  buildPli,
  buildReceiverReport,
  buildSenderReport,
} from '../../../mcu/rtp/index.ts';
import { encodeTransportFeedback } from '../../unit/rtp/transport-feedback-encoder.ts';
import { oneOf } from './seed.ts';

/** SSRCs of the streams that packets are about; see where they are used. */
export interface PacketTargets {
  /** Of a picture, of its retransmissions, of sound. */
  readonly ssrcs: readonly number[];
}

const word = oneOf(
  [3, fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xffff, 0x10000)],
  [1, fc.integer({ min: 0, max: 0xffffffff })],
);
const short = fc.integer({ min: 0, max: 0xffff });

/** RTCP as receivers and senders make it. */
function honestRtcp({ ssrcs }: PacketTargets): fc.Arbitrary<Buffer> {
  const ssrc = oneOf([5, fc.constantFrom(...ssrcs)], [1, word]);
  const block = fc.record({
    ssrc,
    fractionLost: fc.integer({ min: 0, max: 255 }).map((of) => of / 256),
    cumulativeLost: fc.integer({ min: -0x800000, max: 0x7fffff }),
    highestSequenceNumber: word,
    jitter: word,
    lastSenderReport: word,
    delaySinceLastSenderReport: word,
  });
  return oneOf<Buffer>(
    [
      3,
      fc
        .tuple(ssrc, fc.array(block, { maxLength: 31 }))
        .map(([from, of]) => buildReceiverReport(from, of, 'x')),
    ],
    [
      2,
      fc
        .record({
          ssrc,
          rtpTimestamp: word,
          packetCount: word,
          octetCount: word,
          seconds: word,
          fraction: word,
        })
        .map(({ seconds, fraction, ...info }) =>
          buildSenderReport(info, { seconds, fraction }, 'somebody'),
        ),
    ],
    [
      3,
      fc.tuple(ssrc, fc.array(short, { minLength: 1, maxLength: 300 })).map(([of, numbers]) =>
        buildNack(
          1,
          of,
          [...numbers].sort((a, b) => a - b),
        ),
      ),
    ],
    [3, ssrc.map((of) => buildPli(1, of))],
    [
      4,
      fc
        .record({
          base: short,
          reference: fc.integer({ min: 0, max: 0xffff }),
          count: fc.integer({ min: 0, max: 255 }),
          arrivals: fc.array(
            oneOf<{ received: false } | { received: true; delta: number }>(
              [1, fc.constant({ received: false as const })],
              [
                3,
                fc
                  .integer({ min: -32768, max: 32767 })
                  .map((delta) => ({ received: true as const, delta })),
              ],
            ),
            { minLength: 1, maxLength: 60 },
          ),
        })
        .map((feedback) =>
          encodeTransportFeedback({
            ...feedback,
            kinds: ['run-length', 'one-bit', 'two-bit'],
            paddingBit: false,
          }),
        ),
    ],
    // FIR, REMB, BYE, SDES, APP, XR: what is in them is only bytes here.
    [
      3,
      fc
        .tuple(
          fc.constantFrom(202, 203, 204, 205, 206, 207),
          fc.integer({ min: 0, max: 31 }),
          fc.array(word, { maxLength: 30 }),
        )
        .map(([type, count, words]) => {
          const packet = Buffer.alloc(4 + words.length * 4);
          packet[0] = 0x80 | count;
          packet[1] = type;
          packet.writeUInt16BE(words.length, 2);
          words.forEach((each, index) => packet.writeUInt32BE(each, 4 + index * 4));
          return packet;
        }),
    ],
  );
}

type Damage = (packet: Buffer) => Buffer;
const place = fc.double({ min: 0, max: 0.999, noNaN: true });

/** One thing that is wrong with a packet. */
const damage: fc.Arbitrary<Damage> = oneOf<Damage>(
  [2, place.map((where) => (packet) => packet.subarray(0, Math.floor(where * packet.length)))],
  [
    3,
    fc.tuple(place, fc.integer({ min: 0, max: 255 })).map(([where, byte]) => (packet) => {
      const changed = Buffer.from(packet);
      if (changed.length > 0) changed[Math.floor(where * changed.length)] = byte;
      return changed;
    }),
  ],
  // Lengths that are not so: of RTCP in words, at 2.
  [
    3,
    fc.constantFrom(0, 1, 2, 5, 6, 7, 100, 0x7fff, 0xffff).map((length) => (packet) => {
      const changed = Buffer.from(packet);
      if (changed.length >= 4) changed.writeUInt16BE(length, 2);
      return changed;
    }),
  ],
  // Counts that are not so, padding that is none.
  [
    3,
    fc.integer({ min: 0, max: 63 }).map((bits) => (packet) => {
      const changed = Buffer.from(packet);
      if (changed.length > 0) changed[0] = 0x80 | bits;
      return changed;
    }),
  ],
  [1, fc.uint8Array({ maxLength: 40 }).map((bytes) => (packet) => Buffer.concat([packet, bytes]))],
  [1, fc.constant((packet) => Buffer.concat([packet, packet, packet]))],
);

const damaged = (packet: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> =>
  fc
    .tuple(packet, fc.array(damage, { maxLength: 2 }))
    .map(([whole, what]) => what.reduce((each, change) => change(each), whole).subarray(0, 1200));

/**
 * What the generators found, each as it was, but for SSRCs: SDES whose chunk has no end (RFC 3550 §6.5), alone and behind an honest
 * report. libdatachannel looks at the first for ever where a connection has two tracks: see `Downlink` in mcu/room.
 */
export const knownRtcp = (ssrc: number): Buffer[] => {
  const [sdes, report] = [
    Buffer.from('81ca000100000000', 'hex'),
    Buffer.from('80c9000100000000', 'hex'),
  ];
  for (const packet of [sdes, report]) packet.writeUInt32BE(ssrc, 4);
  return [sdes, Buffer.concat([report, sdes])];
};

/** Compound packets: honest ones, damaged ones, bytes. */
export const hostileRtcp = (targets: PacketTargets): fc.Arbitrary<Buffer> =>
  oneOf<Buffer>(
    [
      6,
      fc
        .array(damaged(honestRtcp(targets)), { minLength: 1, maxLength: 3 })
        .map((packets) => Buffer.concat(packets).subarray(0, 1400)),
    ],
    [1, fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))],
    [
      1,
      fc
        .tuple(fc.integer({ min: 192, max: 223 }), fc.uint8Array({ minLength: 6, maxLength: 60 }))
        .map(([type, rest]) => Buffer.concat([Buffer.from([0x81, type]), rest])),
    ],
  );

/** Of an RTP packet. */
const header = ({ ssrcs }: PacketTargets): fc.Arbitrary<Buffer> =>
  fc
    .record({
      payloadType: oneOf([6, fc.constantFrom(96, 97, 111)], [1, fc.integer({ min: 0, max: 63 })]),
      marker: fc.boolean(),
      sequence: oneOf([3, fc.integer({ min: 0, max: 40 })], [1, short]),
      timestamp: word,
      ssrc: oneOf([8, fc.constantFrom(...ssrcs)], [1, word]),
      csrcs: fc.constantFrom(0, 0, 0, 0, 1, 15),
      extension: oneOf<Buffer | null>(
        [4, fc.constant(null)],
        [
          2,
          fc
            .uint8Array({ minLength: 4, maxLength: 4 })
            .map((bytes) => Buffer.from([0xbe, 0xde, 0, 1, ...bytes])),
        ],
        [1, fc.uint8Array({ minLength: 4, maxLength: 20 }).map((bytes) => Buffer.from(bytes))],
      ),
    })
    .map(({ payloadType, marker, sequence, timestamp, ssrc, csrcs, extension }) => {
      const fixed = Buffer.alloc(12 + csrcs * 4);
      fixed[0] = 0x80 | (extension === null ? 0 : 0x10) | csrcs;
      fixed[1] = (marker ? 0x80 : 0) | payloadType;
      fixed.writeUInt16BE(sequence, 2);
      fixed.writeUInt32BE(timestamp, 4);
      fixed.writeUInt32BE(ssrc, 8);
      return extension === null ? fixed : Buffer.concat([fixed, extension]);
    });

/** A VP8 payload (RFC 7741 §4.2): descriptor, and a frame that says it is a keyframe of some size. */
const vp8 = fc
  .tuple(
    fc.constantFrom(
      [0x10],
      [0x90, 0x80, 0x05],
      [0x90, 0x80, 0x81, 0x05],
      [0x90, 0xff, 0x80],
      [0x00],
      [0x80],
    ),
    fc.constantFrom(2, 16, 64, 320, 640, 1280),
    fc.boolean(),
    fc.uint8Array({ maxLength: 400 }),
  )
  .map(([descriptor, size, keyframe, rest]) =>
    Buffer.concat([
      Buffer.from(descriptor),
      keyframe
        ? Buffer.from([
            0x10,
            0x02,
            0x00,
            0x9d,
            0x01,
            0x2a,
            size & 0xff,
            size >> 8,
            size & 0xff,
            size >> 8,
          ])
        : Buffer.from([0x11, 0x02, 0x00]),
      rest,
    ]),
  );

/** RTP: pictures and sound that are none, damaged or not. */
export const hostileRtp = (targets: PacketTargets): fc.Arbitrary<Buffer> =>
  damaged(
    fc
      .tuple(
        header(targets),
        oneOf<Buffer>(
          [3, vp8],
          [2, fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))],
        ),
      )
      .map((parts) => Buffer.concat(parts)),
  );
