import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ageAt, meanAge, readiness, type Sighting } from '../../bench/latency/readiness.ts';
import { findSightings, type Sent, type Shown } from '../../bench/latency/sightings.ts';

const tickMs = 40;

/** A generator of numbers in [0, 1), the same in every run. */
function seeded(): () => number {
  let state = 7;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A server that has a picture ready `delay()` ms after it was sent, and composes every 40 ms. */
function simulate(count: number, everyMs: number, delay: () => number) {
  const sent = Array.from({ length: count }, (_, index): Sent => ({
    code: index % 100,
    sentMs: index * everyMs,
  }));
  const ready = sent.map(({ sentMs }) => sentMs + delay());
  const shown: Shown[] = [];
  for (let at = 200; at < count * everyMs; at += tickMs) {
    const newest = ready.findLastIndex((readyMs) => readyMs <= at);
    shown.push({ firstMs: at, code: sent[newest]!.code });
  }
  return { sent, shown };
}

test('a share that falls is pooled with what is before it; the result never falls', () => {
  const seen = (ageMs: number, ...all: boolean[]): Sighting[] =>
    all.map((one) => ({ ageMs, seen: one }));
  const sightings = [
    ...seen(3, true),
    ...seen(1, false, false),
    ...seen(2, true, false),
    ...seen(4, false, true),
  ];
  expect(readiness(sightings)).toEqual([
    { ageMs: 1, share: 0 },
    { ageMs: 2, share: 0.5 },
    { ageMs: 3, share: 2 / 3 },
  ]);
  expect(readiness([])).toEqual([]);
});

test('shares rise from 0 to 1 at most, whatever is seen', () => {
  const sighting = fc.record({
    ageMs: fc.double({ min: 0, max: 250, noNaN: true }),
    seen: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(sighting, { minLength: 1 }), (sightings) => {
      const steps = readiness(sightings);
      for (const [index, { ageMs, share }] of steps.entries()) {
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
        const before = steps[index - 1];
        if (before === undefined) continue;
        expect(share).toBeGreaterThan(before.share);
        expect(ageMs).toBeGreaterThanOrEqual(before.ageMs);
      }
    }),
  );
});

test('the latency without the wait for the tick is found, although no picture shows it', () => {
  const random = seeded();
  // Evenly from 10 to 30 ms.
  const { sent, shown } = simulate(4000, 1000 / 24.3, () => 10 + 20 * random());
  const { sightings, totalMs, unreadable } = findSightings(sent, shown);
  const steps = readiness(sightings);
  expect(unreadable).toBe(0);
  expect(ageAt(steps, 0.5)).toBeCloseTo(20, -1);
  expect(ageAt(steps, 0.95)).toBeGreaterThan(27);
  expect(ageAt(steps, 0.95)).toBeLessThan(31);
  expect(ageAt(steps, 1)).toBeLessThanOrEqual(30.5);
  // The wait is half a tick on average.
  const mean = totalMs.reduce((sum, each) => sum + each, 0) / totalMs.length;
  expect(mean - meanAge(steps)).toBeGreaterThan(18);
  expect(mean - meanAge(steps)).toBeLessThan(22);
});

test('a picture is the newest one that was sent with its number before the composite came', () => {
  const sent = [0, 1, 2, 0, 1].map((code, index) => ({ code, sentMs: 40 * index }));
  const found = findSightings(sent, [
    { firstMs: 30, code: 0 },
    { firstMs: 60, code: 1 },
    { firstMs: 135, code: 0 },
    { firstMs: 140, code: null },
    { firstMs: 145, code: 7 },
  ]);
  // The first one says nothing: it may have been there for long.
  expect(found.totalMs).toEqual([20, 15]);
  expect(found.unreadable).toBe(2);
});
