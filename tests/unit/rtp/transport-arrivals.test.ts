import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseRtcp } from '../../../mcu/rtp/rtcp.ts';
import { TransportArrivals } from '../../../mcu/rtp/transport-arrivals.ts';
import type { TransportFeedback } from '../../../mcu/rtp/transport-feedback.ts';
import './seeded.ts';

const parsed = (packet: Buffer | null): TransportFeedback => {
  expect(packet).not.toBeNull();
  expect(packet!.length % 4).toBe(0);
  const [feedback] = parseRtcp(packet!);
  if (feedback?.type !== 'transport-feedback') throw new Error('not a transport feedback');
  return feedback;
};

/** Arrival times in milliseconds by sequence number, as a sender reads them. */
const arrivalsOf = (feedback: TransportFeedback): Map<number, number> => {
  const arrivals = new Map<number, number>();
  let atUs = feedback.referenceTimeUs;
  for (const [index, status] of feedback.statuses.entries()) {
    if (status === 0) continue;
    atUs += feedback.deltasUs[index]!;
    arrivals.set((feedback.baseSequenceNumber + index) & 0xffff, atUs / 1000);
  }
  return arrivals;
};

it('tells when each packet came, to 0.25 ms, and which did not, whatever the losses and the order', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 0xffff }),
      fc.array(
        fc.record({
          lost: fc.nat({ max: 3 }).map((die) => die === 0),
          gapMs: fc.oneof(fc.double({ min: 0, max: 3, noNaN: true }), fc.nat({ max: 40 })),
        }),
        { minLength: 1, maxLength: 200 },
      ),
      (first, packets) => {
        const arrivals = new TransportArrivals(1);
        const truth = new Map<number, number>();
        let nowMs = 5000;
        const came = packets.flatMap(({ lost, gapMs }, index) => {
          nowMs += gapMs;
          // The first and the last are there, or nobody knows of those around them.
          const isKnown = !lost || index === 0 || index === packets.length - 1;
          return isKnown ? [[(first + index) & 0xffff, nowMs] as const] : [];
        });
        for (const [number, atMs] of came) {
          arrivals.add(number, atMs);
          truth.set(number, atMs);
        }
        const feedback = parsed(arrivals.feedback(9));
        expect(feedback.packetCount).toBe(packets.length);
        expect(feedback.baseSequenceNumber).toBe(first);
        const told = arrivalsOf(feedback);
        expect([...told.keys()]).toEqual([...truth.keys()]);
        for (const [number, atMs] of told) {
          expect(Math.abs(atMs - truth.get(number)!)).toBeLessThanOrEqual(0.126);
        }
      },
    ),
  );
});

it('tells of reordered packets in the order of their numbers', () => {
  const arrivals = new TransportArrivals(1);
  for (const [number, atMs] of [
    [10, 100],
    [12, 101],
    [11, 102],
    [13, 103],
  ] as const)
    arrivals.add(number, atMs);
  const feedback = parsed(arrivals.feedback(9));
  expect([...arrivalsOf(feedback).values()]).toEqual([100, 102, 101, 103]);
});

it('goes on where the last feedback ended, counts feedbacks, and has nothing to say of nothing', () => {
  const arrivals = new TransportArrivals(1);
  expect(arrivals.feedback(9)).toBeNull();
  arrivals.add(0xffff, 10);
  expect(parsed(arrivals.feedback(9))).toMatchObject({
    baseSequenceNumber: 0xffff,
    feedbackCount: 0,
  });
  expect(arrivals.feedback(9)).toBeNull();
  arrivals.add(0xffff, 11);
  expect(arrivals.feedback(9)).toBeNull();
  arrivals.add(2, 12);
  expect(parsed(arrivals.feedback(9))).toMatchObject({
    baseSequenceNumber: 0,
    packetCount: 3,
    feedbackCount: 1,
  });
});

it('begins anew after more losses than a feedback can tell of', () => {
  const arrivals = new TransportArrivals(1);
  arrivals.add(0, 10);
  arrivals.add(5000, 20);
  expect(parsed(arrivals.feedback(9))).toMatchObject({ baseSequenceNumber: 5000, packetCount: 1 });
});
