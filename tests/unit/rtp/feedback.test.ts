import fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildNack, buildPli, buildReceiverReport } from '../../../mcu/rtp/feedback.ts';
import { parseRtcp } from '../../../mcu/rtp/rtcp.ts';
import './seeded.ts';

const ssrc = fc.nat({ max: 0xffffffff });

it('a NACK names exactly the missing packets, over wrap-arounds too', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 0xffff }),
      fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }),
      (first, steps) => {
        const missing = [first];
        for (const step of steps) missing.push((missing.at(-1)! + step) & 0xffff);
        expect(parseRtcp(buildNack(7, 8, missing))).toEqual([
          { type: 'nack', senderSsrc: 7, mediaSsrc: 8, sequenceNumbers: missing },
        ]);
      },
    ),
  );
});

it('packets in a row take four bytes for seventeen', () => {
  const row = Array.from({ length: 17 }, (_, index) => 100 + index);
  expect(buildNack(1, 2, row)).toHaveLength(16);
});

it('a PLI names its stream', () => {
  expect(parseRtcp(buildPli(3, 4))).toEqual([{ type: 'pli', senderSsrc: 3, mediaSsrc: 4 }]);
});

it('a receiver report says what it was given, before a CNAME of any length', () => {
  const block = fc.record({
    ssrc,
    fractionLost: fc.nat({ max: 255 }).map((parts) => parts / 256),
    cumulativeLost: fc.integer({ min: -0x800000, max: 0x7fffff }),
    highestSequenceNumber: ssrc,
    jitter: ssrc,
    lastSenderReport: ssrc,
    delaySinceLastSenderReport: ssrc,
  });
  fc.assert(
    fc.property(
      ssrc,
      fc.array(block, { maxLength: 3 }),
      fc.integer({ min: 1, max: 40 }),
      (sender, reports, length) => {
        const packet = buildReceiverReport(sender, reports, 'c'.repeat(length));
        expect(packet.length % 4).toBe(0);
        expect(parseRtcp(packet)).toEqual([{ type: 'receiver-report', ssrc: sender, reports }]);
        const description = packet.subarray(8 + reports.length * 24);
        expect(description.readUInt8(1)).toBe(202);
        expect(4 + description.readUInt16BE(2) * 4).toBe(description.length);
        expect(description.subarray(10, 10 + length).toString()).toBe('c'.repeat(length));
        expect(description.at(-1)).toBe(0);
      },
    ),
  );
});
