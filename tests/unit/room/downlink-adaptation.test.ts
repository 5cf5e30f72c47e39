import { describe, expect, it } from 'vitest';
import { type CallOutcome, simulateCall } from '../../simulation/receiver-call.ts';

const longestGap = (times: readonly number[], fromMs = 0, toMs = Infinity): number => {
  const within = times.filter((atMs) => atMs >= fromMs && atMs <= toMs);
  return Math.max(...within.slice(1).map((atMs, index) => atMs - within[index]!));
};
const rungs = ({ changes }: CallOutcome): string[] => changes.map(({ rung }) => rung);

describe('a receiver over a simulated path, with the product’s own sender', () => {
  it('begins at the rung that fits, with a picture within half a second', () => {
    for (const [bits, rung] of [
      [100e6, 'high'],
      [2e6, 'high'],
      [1e6, 'medium'],
    ] as const) {
      const call = simulateCall({ seconds: 5, rate: () => bits });
      expect(rungs(call)).toEqual([rung]);
      expect(call.pictures[0]).toBeLessThan(600);
      expect(longestGap(call.pictures, 1000)).toBeLessThan(200);
      expect(call.plis).toBe(0);
    }
  });

  it('begins low where the first burst says little, and has what fits soon after', () => {
    const call = simulateCall({ seconds: 15, rate: () => 3e5 });
    expect(rungs(call)).toEqual(['tiny', 'low']);
    expect(call.changes[1]!.second).toBeLessThan(8);
  });

  it('believes a first burst that comes late, as over a satellite', () => {
    const call = simulateCall({ seconds: 10, rate: () => 1e7, rttMs: 700 });
    expect(rungs(call)).toEqual(['tiny', 'high']);
    expect(call.changes[1]!.second).toBeLessThan(1.2);
    expect(longestGap(call.pictures, 2000)).toBeLessThan(200);
    const narrow = simulateCall({ seconds: 10, rate: () => 1.5e5, rttMs: 700 });
    expect(rungs(narrow)).toEqual(['tiny']);
  });

  it.each([undefined, 5000])(
    'goes down with the path and up again at once (token bucket: %s)',
    (bucketBytes) => {
      const rate = (s: number): number =>
        s < 30 ? 2.5e6 : s < 60 ? 9e5 : s < 90 ? 3e5 : s < 120 ? 6e4 : 2.5e6;
      const call = simulateCall({
        seconds: 165,
        rate,
        ...(bucketBytes === undefined ? {} : { bucketBytes }),
      });
      expect(rungs(call)).toEqual(['high', 'medium', 'low', 'audio', 'high']);
      const times = call.changes.slice(1).map(({ second }) => second);
      [30, 60, 90].forEach((from, index) => {
        expect(times[index]! - from).toBeLessThan(1.2);
      });
      expect(times[3]! - 120).toBeLessThan(45);
      for (const second of [30, 60]) {
        expect(longestGap(call.pictures, second * 1000, (second + 30) * 1000)).toBeLessThan(2000);
      }
      expect(
        longestGap(
          call.sounds.map(({ atMs }) => atMs),
          1000,
        ),
      ).toBeLessThan(300);
    },
  );

  it('keeps a moving picture and sound at 100 kbit/s', () => {
    const call = simulateCall({ seconds: 60, rate: () => 1e5 });
    expect(rungs(call)).toEqual(['tiny']);
    expect(call.pictures.filter((atMs) => atMs > 10_000).length / 50).toBeGreaterThan(5);
  });

  it.each([1, 2, 3, 4])(
    'keeps its picture where all of a join comes through 100 kbit/s (%i)',
    (seed) => {
      // Descriptions and who is here, then the news of a call.
      const others = (s: number): number => (s < 1 ? 6e4 : s < 2 ? 4e4 : 8e3);
      const call = simulateCall({ seconds: 30, rate: () => 1e5, bucketBytes: 3000, others, seed });
      expect(rungs(call)).toEqual(['tiny']);
      expect(longestGap(call.pictures, 3000)).toBeLessThan(1500);
    },
  );

  it('does not let losses freeze the picture: 5 % at high, 20 % at what gets through', () => {
    const few = simulateCall({ seconds: 30, rate: () => 1e7, loss: () => 0.05 });
    expect(rungs(few)).toEqual(['high']);
    expect(longestGap(few.pictures)).toBeLessThan(500);
    const many = simulateCall({ seconds: 60, rate: () => 1e7, loss: (s) => (s < 30 ? 0.2 : 0) });
    expect(rungs(many)).not.toContain('audio');
    expect(longestGap(many.pictures)).toBeLessThan(2000);
    expect(longestGap(many.pictures, 32_000)).toBeLessThan(500);
    expect(rungs(many).at(-1)).toBe('high');
  });

  it('is not moved by 100 ms of jitter', () => {
    const call = simulateCall({ seconds: 60, rate: () => 1e7, rttMs: 200, jitterMs: 100 });
    expect(call.changes.length).toBeLessThanOrEqual(2);
    expect(rungs(call).at(-1)).toBe('high');
  });

  it.each([1, 2, 3])('is hardly moved by delay that steps by 100 ms and back (%i)', (seed) => {
    const jitter = { rttMs: 200, jitterMs: 100, jitterEveryMs: 100 };
    const call = simulateCall({ seconds: 60, rate: () => 1e7, seed, ...jitter });
    expect(rungs(call)).toEqual(['high']);
  });

  it.each([1, 2, 3])('goes down with a path that jitters, too (%i)', (seed) => {
    const jitter = { rttMs: 100, jitterMs: 80, jitterEveryMs: 200 };
    const rate = (s: number): number => (s < 30 ? 1e7 : 9e5);
    const call = simulateCall({ seconds: 45, rate, seed, ...jitter });
    expect(rungs(call)).toEqual(['high', 'medium']);
    expect(call.changes[1]!.second).toBeLessThan(32);
  });

  it('does not make others pay: who loses much asks a shared rung for no keyframe', () => {
    const calls = [1, 2, 3].map((seed) => {
      const path = { seconds: 30, rate: () => 1e7, loss: () => 0.08, seed };
      return { alone: simulateCall(path), shared: simulateCall({ ...path, shared: true }) };
    });
    const visits = (call: CallOutcome): number =>
      rungs(call).filter((rung) => rung === 'high').length;
    const asked = (call: CallOutcome): number => (call.keyframes.get('high') ?? 0) - visits(call);
    expect(calls.map(({ alone }) => asked(alone)).reduce((a, b) => a + b)).toBeGreaterThan(2);
    for (const { shared } of calls) {
      expect(shared.plis).toBeGreaterThan(0);
      expect(asked(shared)).toBe(0);
    }
  });
});
