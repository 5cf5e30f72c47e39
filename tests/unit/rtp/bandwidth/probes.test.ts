import { describe, expect, it } from 'vitest';
import { Probes, type MeasuredProbe } from '../../../../mcu/rtp/bandwidth/probes.ts';
import { SentPackets } from '../../../../mcu/rtp/bandwidth/sent-packets.ts';

/** Sends packets of 1000 bytes over a token bucket with nothing else on it, and measures them as one probe. */
function probe(options: {
  readonly count: number;
  readonly everyMs: number;
  readonly bitsPerSecond: number;
  readonly bucketBytes?: number;
  readonly lost?: (index: number) => boolean;
  readonly marked?: (index: number) => boolean;
  /** When the receiver reads what arrives before. */
  readonly readMs?: number;
}): MeasuredProbe {
  const { count, everyMs, bitsPerSecond, bucketBytes = 1000 } = options;
  const sent = new SentPackets();
  const probes = new Probes(sent);
  let [tokens, freeMs, last] = [bucketBytes, 0, 0];
  for (let index = 0; index < count; index += 1) {
    const nowMs = index * everyMs;
    const number = sent.add(index, 1000, nowMs)!;
    last = number;
    if (options.marked?.(index) ?? true) probes.onSent(7, number, nowMs);
    const startMs = Math.max(nowMs, freeMs);
    tokens = Math.min(bucketBytes, tokens + ((startMs - freeMs) * bitsPerSecond) / 8000);
    const waitMs = Math.max(0, ((1000 - tokens) * 8000) / bitsPerSecond);
    tokens = Math.max(0, tokens - 1000);
    freeMs = startMs + waitMs;
    if (options.lost?.(index) ?? false) sent.markLost(number);
    else sent.markReceived(number, 50_000 + Math.max(freeMs, options.readMs ?? 0) + 20);
  }
  const atMs = count * everyMs;
  expect(probes.takeMeasured(last, 50, atMs)).toEqual([]);
  const [measured, ...rest] = probes.takeMeasured(last, 50, atMs + 400);
  expect(rest).toEqual([]);
  return measured!;
}

describe('a cluster', () => {
  it('shows what it was sent at where the path takes more', () => {
    const { bitsPerSecond, isStretch } = probe({
      count: 10,
      everyMs: 1.5,
      bitsPerSecond: 50_000_000,
    });
    expect(isStretch).toBe(false);
    expect(bitsPerSecond! / ((1000 * 8000) / 1.5)).toBeCloseTo(1, 1);
  });

  it('shows a little less than the path takes where that is less', () => {
    const { bitsPerSecond } = probe({ count: 10, everyMs: 1.5, bitsPerSecond: 500_000 });
    expect(bitsPerSecond! / 500_000).toBeCloseTo(0.95, 2);
  });

  it('shows what it was sent at where both ends only were busy for a moment', () => {
    const { bitsPerSecond } = probe({
      ...{ count: 6, everyMs: 1, bitsPerSecond: 50_000_000, readMs: 5 },
    });
    expect(bitsPerSecond! / 8_000_000).toBeCloseTo(1, 1);
  });

  it('shows nothing where it was held up and let go', () => {
    const { bitsPerSecond } = probe({
      ...{ count: 6, everyMs: 4, bitsPerSecond: 50_000_000, readMs: 20 },
    });
    expect(bitsPerSecond).toBeNull();
  });

  it('shows nothing where hardly anything arrived', () => {
    const { bitsPerSecond, lossFraction } = probe({
      ...{ count: 10, everyMs: 1.5, bitsPerSecond: 500_000, lost: (index) => index > 1 },
    });
    expect({ bitsPerSecond, lossFraction }).toEqual({ bitsPerSecond: null, lossFraction: 0.8 });
  });
});

describe('a stretch', () => {
  it('shows what it was sent at where the path takes it', () => {
    const { bitsPerSecond, isStretch } = probe({
      count: 70,
      everyMs: 10,
      bitsPerSecond: 2_000_000,
    });
    expect(isStretch).toBe(true);
    expect(bitsPerSecond! / 800_000).toBeCloseTo(1, 1);
  });

  it('shows what is behind a token bucket that is empty by its middle', () => {
    // 300 kbit/s too much empty 12 kB in 320 ms.
    const { bitsPerSecond } = probe({
      count: 80,
      everyMs: 10,
      bitsPerSecond: 500_000,
      bucketBytes: 12_000,
    });
    expect(bitsPerSecond! / 500_000).toBeGreaterThan(0.85);
    expect(bitsPerSecond! / 500_000).toBeLessThan(1.05);
  });

  it('shows what arrived where the rest was dropped', () => {
    const { bitsPerSecond, lossFraction } = probe({
      ...{ count: 80, everyMs: 10, bitsPerSecond: 2_000_000, lost: (index) => index % 2 === 1 },
    });
    expect(lossFraction).toBe(0.5);
    expect(bitsPerSecond! / 400_000).toBeCloseTo(1, 1);
  });

  it('counts the media within it, which is not marked', () => {
    const { bitsPerSecond } = probe({
      ...{ count: 81, everyMs: 10, bitsPerSecond: 2_000_000, marked: (index) => index % 4 === 0 },
    });
    expect(bitsPerSecond! / 800_000).toBeCloseTo(1, 1);
  });
});

it('gives a probe up that nothing was heard of, and one whose packets have no numbers', () => {
  const sent = new SentPackets();
  const probes = new Probes(sent);
  for (let index = 0; index < 5; index += 1) probes.onSent(1, sent.add(index, 1000, index), index);
  for (let index = 0; index < 5; index += 1) probes.onSent(2, null, 5 + index);
  expect(probes.takeMeasured(null, 50, 900)).toEqual([]);
  const nothing = { bitsPerSecond: null, lossFraction: 1, isStretch: false };
  expect(probes.takeMeasured(null, 50, 1100)).toEqual([
    { probe: 1, ...nothing },
    { probe: 2, ...nothing },
  ]);
});

it('holds no more than eight probes', () => {
  const probes = new Probes(new SentPackets());
  for (let id = 0; id < 1000; id += 1) probes.onSent(id, null, id);
  expect(probes.takeMeasured(null, 50, 10_000)).toHaveLength(8);
});
