import { describe, expect, it } from 'vitest';
import { emptied, measure, reached } from '../../../simulation/measure.ts';
import { longestQueueMs, outcomeOf, phasesOf, settleSeconds } from '../../../simulation/report.ts';
import { simulate, valueAt, type Scenario } from '../../../simulation/scenario.ts';
import { scenarios } from '../../../simulation/scenarios.ts';

/** Settled at 75 to 100 % of what the link has left: the mean from 10 s after each change on. */
function expectSettled(scenario: Scenario): void {
  const { samples } = outcomeOf(scenario);
  for (const [from, to] of phasesOf(scenario)) {
    const { share, used } = measure(samples, from + settleSeconds, to);
    expect(share, `${scenario.name}, ${from} s`).toBeGreaterThan(0.75);
    expect(share, `${scenario.name}, ${from} s`).toBeLessThan(1.005);
    expect(used).toBeGreaterThan(0.75);
  }
}

/** No packet waits for 150 ms from so long after each change on, and 95 of 100 tenths of a second have none later. */
function expectShortQueue(scenario: Scenario, withinSeconds = 3.5): void {
  const { samples } = outcomeOf(scenario);
  for (const [from, to] of phasesOf(scenario)) {
    // 60 kbit/s take seconds for what was sent before the step was seen.
    const within = valueAt(scenario.capacity, from) === 60_000 ? 6 : withinSeconds;
    expect(emptied(samples, from, longestQueueMs), `${scenario.name}, ${from} s`).toBeLessThan(
      within,
    );
    expect(measure(samples, from + settleSeconds, to).queuedMs).toBeLessThan(longestQueueMs);
  }
}

describe('an elastic sender', () => {
  for (const key of [
    'steps',
    'bloat',
    'cross',
    'loss',
    'shallow',
    'bucket',
    'jitter',
    'far',
  ] as const) {
    const scenario = scenarios[key];
    it(`settles at 75 to 100 % with a queue under 150 ms: ${scenario.name}`, () => {
      expectSettled(scenario);
      expectShortQueue(scenario);
    });
  }

  it('is not made slower by 2 % of random loss', () => {
    const [clean, lossy] = [0, 0.02].map((share) =>
      simulate({ ...scenarios.loss, seconds: 40, loss: [[0, share]] }),
    );
    const control = measure(clean!.samples, 10, 40).share;
    expect(measure(lossy!.samples, 10, 40).share).toBeGreaterThan(0.95 * control);
  });

  it('grows into what a step up leaves, and less slowly the longer there is no queue', () => {
    const { samples } = outcomeOf(scenarios.steps);
    expect(reached(samples, 120.5, 0.1)).toBeLessThan(130);
    expect(reached(samples, 120.5, 0.75)).toBeLessThan(140);
    const cross = outcomeOf(scenarios.cross);
    expect(reached(cross.samples, 60.5, 0.75)).toBeLessThan(70);
  });

  it('is down to what a step down leaves within a second', () => {
    const { samples } = outcomeOf(scenarios.steps);
    for (const from of [30, 60, 90]) {
      const within = samples.find(
        ({ second, estimate, available }) => second > from + 0.1 && estimate <= available,
      );
      expect(within?.second).toBeLessThan(from + 1.3);
    }
  });

  it('holds through heavy random loss, and is back at once after it', () => {
    const { samples } = outcomeOf(scenarios.heavyLoss);
    expect(measure(samples, 20, 50).least).toBeGreaterThan(0.2);
    expect(measure(samples, 20, 24).least).toBeLessThan(0.85);
    expect(measure(samples, 53, 80).least).toBeGreaterThan(0.75);
  });

  it('gives way to a download, not all of it, and takes it back', () => {
    const { samples } = outcomeOf(scenarios.download);
    expect(measure(samples, 40, 70).share).toBeGreaterThan(0.1);
    expect(measure(samples, 82, 100).share).toBeGreaterThan(0.75);
  });

  it('backs off when nothing is heard, and is back within 10 s after', () => {
    const { samples } = simulate({
      ...scenarios.heavyLoss,
      seconds: 50,
      loss: [
        [0, 0],
        [20, 1],
        [23, 0],
      ],
    });
    const out = samples.find(({ second }) => second > 22.9)!;
    expect(out.limitedBy).toBe('timeout');
    expect(out.estimate).toBeLessThan(500_000);
    expect(reached(samples, 23, 0.75)).toBeLessThan(33);
  });

  it('has its estimate back as soon as feedback is, if only feedback was lost', () => {
    const { samples } = simulate({
      ...scenarios.heavyLoss,
      seconds: 40,
      loss: [[0, 0]],
      feedbackLoss: [
        [0, 0],
        [20, 1],
        [23, 0],
      ],
    });
    expect(measure(samples, 20, 23).least).toBeLessThan(0.5);
    expect(reached(samples, 23, 0.75)).toBeLessThan(24);
  });
});

describe('a sender of five rungs', () => {
  const { samples, changes, probes } = outcomeOf(scenarios.rungs);
  const rungAt = (second: number): string => samples.findLast((one) => one.second <= second)!.rung;

  it('has the right rung on each step', () => {
    expect(rungAt(29)).toBe('high');
    expect(rungAt(59)).toBe('medium');
    expect(rungAt(89)).toBe('low');
    expect(rungAt(164)).toBe('high');
    // Not more than the bucket hides from a probe.
    expect(['audio', 'tiny']).toContain(rungAt(119));
  });

  it('is told within a second that a rung is too much', () => {
    for (const from of [30_000, 60_000, 90_000]) {
      expect(changes.find(({ atMs }) => atMs > from)!.atMs).toBeLessThan(from + 1000);
    }
  });

  it('is high again within 20 s', () => {
    expect(changes.find(({ atMs, rung }) => atMs > 120_000 && rung === 'high')?.atMs).toBeLessThan(
      140_000,
    );
  });

  it('sees through the bucket with a stretch on the wider links', () => {
    const on300 = probes.filter(({ atMs }) => atMs > 64_000 && atMs < 89_000);
    expect(on300.length).toBeGreaterThan(0);
    for (const { bitsPerSecond } of on300) {
      expect(bitsPerSecond).toBeGreaterThan(250_000);
      expect(bitsPerSecond).toBeLessThan(330_000);
    }
  });

  it('keeps what a probe has shown while it sends far less', () => {
    const idle = simulate({
      ...{ name: 'sound only', about: '', seconds: 60, sender: 'audio', mostRung: 'audio' },
      ...{ capacity: [[0, 2_500_000]], startBitsPerSecond: 1_000_000 },
    });
    expect(idle.samples.every(({ estimate }) => estimate === 1_000_000)).toBe(true);
  });

  it('does not raise the estimate above 1.5 times what arrives without a probe', () => {
    const idle = simulate({
      ...{ name: 'low only', about: '', seconds: 60, sender: 'low', mostRung: 'low' },
      ...{ capacity: [[0, 2_500_000]], startBitsPerSecond: 190_000 },
    });
    const most = Math.max(...idle.samples.map(({ acknowledged }) => acknowledged));
    expect(idle.samples.at(-1)!.estimate).toBeGreaterThan(220_000);
    expect(Math.max(...idle.samples.map(({ estimate }) => estimate))).toBeLessThanOrEqual(
      1.5 * most + 10_000,
    );
  });

  it('is not thrown off its rung by 100 ms of jitter', () => {
    for (const reorders of [false, true]) {
      const jittered = simulate({
        ...{ name: 'jitter', about: '', seconds: 80, sender: 'medium', mostRung: 'medium' },
        ...{ capacity: [[0, 2_500_000]], rttMs: 200, jitterMs: 100, reorders },
        startBitsPerSecond: 1_000_000,
      });
      expect(jittered.changes.filter(({ atMs }) => atMs > 20_000)).toEqual([]);
    }
  });
});
