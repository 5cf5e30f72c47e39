import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRtcp } from '../../../mcu/rtp/rtcp.ts';
import type { TransportFeedback } from '../../../mcu/rtp/transport-feedback.ts';
import {
  encodeTransportFeedback,
  type Arrival,
  type ChunkKind,
} from './transport-feedback-encoder.ts';
import './seeded.ts';

const parse = (hex: string): TransportFeedback | undefined =>
  parseRtcp(Buffer.from(hex, 'hex')).find((packet) => packet.type === 'transport-feedback');

const lost: Arrival = { received: false };
const after = (delta: number): Arrival => ({ received: true, delta });
const anyArrival: fc.Arbitrary<Arrival> = fc.oneof(
  fc.constant(lost),
  fc.nat({ max: 255 }).map(after),
  fc.integer({ min: -32768, max: 32767 }).map(after),
);
/** Runs, as on a real wire, and single packets. */
const anyArrivals = fc
  .array(fc.tuple(anyArrival, fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 }))), {
    minLength: 1,
    maxLength: 30,
  })
  .map((runs) => runs.flatMap(([arrival, length]) => Array.from({ length }, () => arrival)));
const anyKinds: fc.Arbitrary<ChunkKind[]> = fc.array(
  fc.constantFrom('run-length', 'one-bit', 'two-bit'),
  { minLength: 1, maxLength: 4 },
);

describe('transport-wide feedback', () => {
  it('round-trips any arrivals in any kinds of chunks', () => {
    fc.assert(
      fc.property(
        fc.record({
          base: fc.nat({ max: 0xffff }),
          reference: fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 }),
          count: fc.nat({ max: 255 }),
          arrivals: anyArrivals,
          kinds: anyKinds,
          paddingBit: fc.boolean(),
        }),
        (content) => {
          const [feedback, ...rest] = parseRtcp(encodeTransportFeedback(content));
          expect(rest).toEqual([]);
          expect(feedback).toEqual({
            type: 'transport-feedback',
            senderSsrc: 0x01020304,
            mediaSsrc: 0x05060708,
            baseSequenceNumber: content.base,
            packetCount: content.arrivals.length,
            referenceTimeUs: content.reference * 64000,
            feedbackCount: content.count,
            statuses: Uint8Array.from(content.arrivals, (arrival) =>
              !arrival.received ? 0 : arrival.delta >= 0 && arrival.delta < 256 ? 1 : 2,
            ),
            deltasUs: Int32Array.from(content.arrivals, (arrival) =>
              arrival.received ? arrival.delta * 250 : 0,
            ),
          });
        },
      ),
      { numRuns: 400 },
    );
  });

  it('reads each kind of chunk and delta from bytes written by hand', () => {
    const header = (words: number): string =>
      `8fcd${words.toString(16).padStart(4, '0')}` + '0000000100000002';
    // Run of 3 small deltas: 00 1 (symbol 1) length 3 = 0x2003; deltas 4, 0, 255.
    expect(parse(header(6) + 'fffe0003' + '00000a07' + '2003' + '0400' + 'ff000000')).toMatchObject(
      {
        baseSequenceNumber: 0xfffe,
        packetCount: 3,
        referenceTimeUs: 640000,
        feedbackCount: 7,
        statuses: Uint8Array.of(1, 1, 1),
        deltasUs: Int32Array.of(1000, 0, 63750),
      },
    );
    // One-bit vector 10 10100000000000 = 0xa800 of 3: received, lost, received.
    expect(parse(header(5) + '00010003' + '00000000' + 'a800' + '0102')).toMatchObject({
      statuses: Uint8Array.of(1, 0, 1),
      deltasUs: Int32Array.of(250, 0, 500),
    });
    // Two-bit vector 11 10 00 01 … = 0xe100 of 3: large, lost, small; −2 units and 1 unit.
    expect(parse(header(6) + '00010003' + 'ffffff00' + 'e100' + 'fffe' + '01000000')).toMatchObject(
      {
        referenceTimeUs: -64000,
        statuses: Uint8Array.of(2, 0, 1),
        deltasUs: Int32Array.of(-500, 0, 250),
      },
    );
  });

  it('gives all of a feedback or nothing: truncated anywhere, it is left out', () => {
    const whole = encodeTransportFeedback({
      base: 65530,
      reference: 5,
      count: 1,
      arrivals: [after(3), lost, after(-7), after(1), after(300), lost, after(2), after(2)],
      kinds: ['two-bit', 'run-length'],
      paddingBit: true,
    });
    const content = whole.length - (whole.at(-1) ?? 0);
    for (let words = 0; words < Math.floor(content / 4); words += 1) {
      const cut = Buffer.from(whole.subarray(0, (words + 1) * 4));
      cut[0] = 0x8f;
      cut.writeUInt16BE(words, 2);
      expect(parseRtcp(cut)).toEqual([]);
    }
    expect(parseRtcp(whole)).toHaveLength(1);
  });

  it('refuses the reserved status, an empty report, and a report on more packets than anybody sends', () => {
    const at = '8fcd0005' + '0000000100000002';
    expect(parse(at + '00010001' + '00000000' + '60010000')).toBeUndefined();
    expect(parse(at + '00010001' + '00000000' + 'f0000000')).toBeUndefined();
    expect(parse(at + '00010000' + '00000000' + '20010100')).toBeUndefined();
    expect(
      parse('8fcd0006' + '0000000100000002' + '00010801' + '00000000' + '1fff0002' + '00000000'),
    ).toBeUndefined();
    expect(
      parse('8fcd0006' + '0000000100000002' + '00010800' + '00000000' + '1fff0001' + '00000000'),
    ).toMatchObject({ packetCount: 2048 });
  });

  it('ends on runs of length zero', () => {
    expect(
      parse('8fcd0006' + '0000000100000002' + '00010001' + '00000000' + '20000000' + '20010400'),
    ).toMatchObject({ statuses: Uint8Array.of(1), deltasUs: Int32Array.of(1000) });
  });
});
