import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BandwidthEstimator, type TransportFeedback } from '../../../../mcu/rtp/index.ts';
import '../seeded.ts';

const bounds = { minimumBitsPerSecond: 10_000, maximumBitsPerSecond: 5_000_000 };

/** Feedback on packets from `base` on: null for a lost one, else when it arrived, milliseconds. */
function feedbackOf(
  base: number,
  arrivals: readonly (number | null)[],
  feedbackCount = 0,
): TransportFeedback {
  const first = arrivals.find((atMs) => atMs !== null) ?? 0;
  const reference = Math.floor(first / 64);
  let last = reference * 64_000;
  const deltasUs = arrivals.map((atMs) => {
    if (atMs === null) return 0;
    const delta = Math.round(atMs * 1000) - last;
    last += delta;
    return delta;
  });
  return {
    ...{ type: 'transport-feedback', senderSsrc: 1, mediaSsrc: 2, feedbackCount },
    ...{ baseSequenceNumber: base & 0xffff, packetCount: arrivals.length },
    referenceTimeUs: ((reference << 8) >> 8) * 64_000,
    statuses: Uint8Array.from(arrivals, (atMs) => (atMs === null ? 0 : 1)),
    deltasUs: Int32Array.from(deltasUs),
  };
}

/** Packets every so many milliseconds with feedback on five at a time; what feedback says can be changed. */
function stream(
  estimator: BandwidthEstimator,
  options: {
    readonly count: number;
    readonly bytes: number;
    readonly everyMs: number;
    readonly firstNumber?: number;
    readonly clockMs?: number;
    readonly fromMs?: number;
    readonly arrival?: (sentMs: number, index: number) => number | null;
  },
): number {
  const { count, bytes, everyMs, firstNumber = 0, clockMs = 1000, fromMs = 0 } = options;
  const arrival = options.arrival ?? ((sentMs) => sentMs + 20);
  let arrivals: (number | null)[] = [];
  for (let index = 0; index < count; index += 1) {
    const nowMs = fromMs + index * everyMs;
    estimator.onSent((firstNumber + index) & 0xffff, bytes, nowMs, null);
    const atMs = arrival(nowMs, index);
    arrivals.push(atMs === null ? null : clockMs + atMs);
    if (arrivals.length < 5) continue;
    estimator.onFeedback(feedbackOf(firstNumber + index - 4, arrivals, index / 5), nowMs + 45);
    estimator.onTime(nowMs + 46);
    arrivals = [];
  }
  return fromMs + count * everyMs;
}

describe('whatever is fed', () => {
  const anyTime = fc.oneof(fc.nat({ max: 500 }), fc.constant(0), fc.nat({ max: 20_000 }));
  const anyStatus = fc.integer({ min: 0, max: 2 });
  const anyDelta = fc.oneof(fc.nat({ max: 255 }), fc.integer({ min: -32768, max: 32767 }));
  const anyFeedback = fc.record({
    base: fc.oneof(fc.nat({ max: 0xffff }), fc.nat({ max: 300 })),
    reference: fc.oneof(fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 }), fc.nat({ max: 300 })),
    count: fc.nat({ max: 255 }),
    packets: fc.array(fc.tuple(anyStatus, anyDelta), { minLength: 1, maxLength: 60 }),
  });
  const anyStep = fc.oneof(
    fc.record({
      kind: fc.constant('send' as const),
      count: fc.integer({ min: 1, max: 200 }),
      bytes: fc.nat({ max: 1500 }),
      probe: fc.option(fc.nat({ max: 5 })),
      numbered: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('feedback' as const), content: anyFeedback }),
    fc.record({
      kind: fc.constant('report' as const),
      lost: fc.double({ min: -1, max: 2 }),
      rttMs: fc.option(fc.double()),
    }),
    fc.record({ kind: fc.constant('time' as const) }),
  );

  it('the estimate is a number between its bounds, and so is all else', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyTime, anyStep), { maxLength: 60 }), (steps) => {
        const estimator = new BandwidthEstimator({ startBitsPerSecond: 300_000, ...bounds });
        let [nowMs, number] = [0, 0];
        for (const [laterMs, step] of steps) {
          nowMs += laterMs;
          if (step.kind === 'send') {
            for (let index = 0; index < step.count; index += 1) {
              estimator.onSent(step.numbered ? number : null, step.bytes, nowMs, step.probe);
              if (step.numbered) number = (number + 1) & 0xffff;
            }
          } else if (step.kind === 'feedback') {
            const { base, reference, count, packets } = step.content;
            estimator.onFeedback(
              {
                ...{
                  type: 'transport-feedback',
                  senderSsrc: 1,
                  mediaSsrc: 2,
                  feedbackCount: count,
                },
                ...{ baseSequenceNumber: base, packetCount: packets.length },
                referenceTimeUs: reference * 64_000,
                statuses: Uint8Array.from(packets, ([status]) => status),
                deltasUs: Int32Array.from(packets, ([status, delta]) =>
                  status === 0 ? 0 : delta * 250,
                ),
              },
              nowMs,
            );
          } else if (step.kind === 'report')
            estimator.onReceiverReport(step.lost, step.rttMs, nowMs);
          else estimator.onTime(nowMs);

          const { estimate } = estimator;
          expect(estimate.bitsPerSecond).toBeGreaterThanOrEqual(bounds.minimumBitsPerSecond);
          expect(estimate.bitsPerSecond).toBeLessThanOrEqual(bounds.maximumBitsPerSecond);
          expect(estimate.lossFraction).toBeGreaterThanOrEqual(0);
          expect(estimate.lossFraction).toBeLessThanOrEqual(1);
          for (const value of [
            estimate.queueMs,
            estimate.rttMs ?? 0,
            estimate.acknowledgedBitsPerSecond ?? 0,
          ]) {
            expect(value).toBeGreaterThanOrEqual(0);
            expect(value).toBeLessThan(Infinity);
          }
          for (const { bitsPerSecond, lossFraction } of estimator.takeProbeResults()) {
            expect(bitsPerSecond ?? 0).toBeGreaterThanOrEqual(0);
            expect(bitsPerSecond ?? 0).toBeLessThan(Infinity);
            expect(lossFraction).toBeGreaterThanOrEqual(0);
            expect(lossFraction).toBeLessThanOrEqual(1);
          }
        }
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it('refuses bounds that make no sense', () => {
    for (const options of [
      { startBitsPerSecond: Number.NaN },
      { startBitsPerSecond: 1, minimumBitsPerSecond: 0 },
      { startBitsPerSecond: 1, minimumBitsPerSecond: 2, maximumBitsPerSecond: 1 },
    ]) {
      expect(() => new BandwidthEstimator(options)).toThrow(TypeError);
    }
  });
});

describe('the estimator', () => {
  const make = (startBitsPerSecond = 300_000): BandwidthEstimator =>
    new BandwidthEstimator({ startBitsPerSecond });

  it('knows nothing before any feedback', () => {
    expect(make().estimate).toMatchObject({
      ...{ bitsPerSecond: 300_000, acknowledgedBitsPerSecond: null, rttMs: null },
      ...{ usage: 'normal', limitedBy: 'nothing' },
    });
  });

  it('measures what arrives and how long it takes, at 15 packets of 60 bytes a second too', () => {
    const estimator = make();
    stream(estimator, { count: 150, bytes: 60, everyMs: 66 });
    const { acknowledgedBitsPerSecond, rttMs, bitsPerSecond, queueMs, lossFraction } =
      estimator.estimate;
    expect(acknowledgedBitsPerSecond).toBeCloseTo((60 * 8000) / 66, -2);
    expect(rttMs).toBeCloseTo(45);
    expect({ bitsPerSecond, queueMs, lossFraction }).toEqual({
      ...{ bitsPerSecond: 300_000, queueMs: 0, lossFraction: 0 },
    });
  });

  it('sees at 15 packets a second that the path takes less', () => {
    const estimator = new BandwidthEstimator({
      ...{ startBitsPerSecond: 300_000, minimumBitsPerSecond: 1000 },
    });
    const clear = { count: 75, bytes: 60, everyMs: 66 };
    const fromMs = stream(estimator, clear);
    // Each packet waits for 20 ms more than the one before.
    const arrival = (sentMs: number, index: number): number => sentMs + 20 + 20 * index;
    stream(estimator, { ...clear, count: 20, fromMs, firstNumber: 75, arrival });
    expect(estimator.estimate).toMatchObject({ usage: 'over', limitedBy: 'delay' });
    expect(estimator.estimate.queueMs).toBeGreaterThan(200);
    expect(estimator.estimate.bitsPerSecond).toBeLessThan((60 * 8000) / 66);
  });

  it('does not mind where numbers and the clock wrap around', () => {
    const control = make();
    stream(control, { count: 300, bytes: 1200, everyMs: 10 });
    const wrapping = make();
    // The reference time wraps 1 s after the beginning: 2^23 × 64 ms.
    stream(wrapping, {
      count: 300,
      bytes: 1200,
      everyMs: 10,
      firstNumber: 0xffa0,
      clockMs: 2 ** 23 * 64 - 1024,
    });
    const second = { ...wrapping.estimate };
    expect(second.bitsPerSecond).toBeCloseTo(control.estimate.bitsPerSecond, -1);
    expect(second.acknowledgedBitsPerSecond).toBeCloseTo(
      control.estimate.acknowledgedBitsPerSecond!,
      -1,
    );
    expect(second.usage).toBe('normal');
  });

  it('counts what it is told twice once, and a packet that comes late as received', () => {
    const estimator = make();
    for (let index = 0; index < 40; index += 1) estimator.onSent(index, 1000, index * 10, null);
    const arrivals = Array.from({ length: 40 }, (_, index) => 1020 + index * 10);
    const holed = arrivals.map((atMs, index) => (index % 4 === 0 ? null : atMs));
    estimator.onFeedback(feedbackOf(0, holed), 420);
    expect(estimator.estimate.lossFraction).toBe(0.25);
    const acknowledged = estimator.estimate.acknowledgedBitsPerSecond!;
    estimator.onFeedback(feedbackOf(0, holed, 1), 440);
    expect(estimator.estimate.acknowledgedBitsPerSecond).toBe(acknowledged);
    estimator.onFeedback(feedbackOf(0, arrivals, 2), 460);
    expect(estimator.estimate.lossFraction).toBe(0);
  });

  it('counts RTCP and whatever else has no number', () => {
    const [control, estimator] = [make(), make()];
    for (let index = 0; index < 100; index += 1) {
      for (const each of [control, estimator]) each.onSent(index, 1000, index * 20, null);
      estimator.onSent(null, 100, index * 20, null);
      if (index % 5 !== 4) continue;
      const arrivals = [4, 3, 2, 1, 0].map((back) => 1020 + (index - back) * 20);
      for (const each of [control, estimator])
        each.onFeedback(feedbackOf(index - 4, arrivals, index / 5), index * 20 + 40);
    }
    const ratio =
      estimator.estimate.acknowledgedBitsPerSecond! / control.estimate.acknowledgedBitsPerSecond!;
    expect(ratio).toBeCloseTo(1.1, 2);
  });

  it('starts anew when the receiver sets its clock', () => {
    const estimator = make();
    const fromMs = stream(estimator, { count: 300, bytes: 600, everyMs: 20 });
    stream(estimator, {
      count: 300,
      bytes: 600,
      everyMs: 20,
      fromMs,
      firstNumber: 300,
      clockMs: 900_000,
    });
    expect(estimator.estimate).toMatchObject({ usage: 'normal', limitedBy: 'nothing', queueMs: 0 });
  });
});

describe('without transport-wide feedback', () => {
  const send = (estimator: BandwidthEstimator, fromMs: number, seconds: number): void => {
    for (let at = 0; at < seconds * 1000; at += 20) estimator.onSent(null, 500, fromMs + at, null);
  };

  it('goes by receiver reports: down with losses over a tenth, up to 1.5 times what is sent without', () => {
    const estimator = new BandwidthEstimator({ startBitsPerSecond: 200_000 });
    let nowMs = 0;
    const report = (fractionLost: number): number => {
      send(estimator, nowMs, 1);
      nowMs += 1000;
      estimator.onReceiverReport(fractionLost, 50, nowMs);
      return estimator.estimate.bitsPerSecond;
    };
    for (let seconds = 0; seconds < 20; seconds += 1) report(0.01);
    expect(estimator.estimate.bitsPerSecond).toBeCloseTo(1.5 * 200_000 + 10_000, -4);
    const before = estimator.estimate.bitsPerSecond;
    expect(report(0.05)).toBe(before);
    expect(report(0.2)).toBeCloseTo(before * 0.9, -3);
    expect(estimator.estimate).toMatchObject({ limitedBy: 'loss', lossFraction: 0.2 });
  });

  it('pays no attention to them while there is feedback', () => {
    const estimator = new BandwidthEstimator({ startBitsPerSecond: 300_000 });
    const atMs = stream(estimator, { count: 50, bytes: 600, everyMs: 20 });
    estimator.onReceiverReport(0.9, 50, atMs);
    expect(estimator.estimate.lossFraction).toBe(0);
  });
});
