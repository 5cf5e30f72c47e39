import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { monotonicClock, runTicks, timerSleep, type Clock } from '../../../mixer/clock.ts';

/** A clock that only sleeping moves. */
class VirtualClock implements Clock {
  ms = 1000.5;
  readonly now = () => this.ms;
  readonly sleep = (milliseconds: number) => {
    this.ms += milliseconds;
    return Promise.resolve();
  };
}

/** Runs ticks of 40 ms whose work takes the given times, until these are used up. */
async function run(durations: readonly number[], oversleepMs = 0) {
  const clock = new VirtualClock();
  const ticks: { tick: number; startMs: number; dueMs: number }[] = [];
  let inFlight = 0;
  let done: () => void;
  const finished = new Promise<void>((resolve) => (done = resolve));
  const ticker = runTicks({
    clock,
    sleep: async (milliseconds) => {
      await clock.sleep(milliseconds + (milliseconds > 0 ? oversleepMs : 0));
    },
    periodMs: 40,
    onTick: async (tick, dueMs) => {
      if (ticks.length === durations.length) {
        done();
        return;
      }
      expect((inFlight += 1)).toBe(1);
      ticks.push({ tick, startMs: clock.ms - 1000.5, dueMs: dueMs - 1000.5 });
      await clock.sleep(durations[ticks.length - 1]!);
      inFlight -= 1;
    },
    onError: (error) => {
      throw error;
    },
  });
  await finished;
  await ticker.stop();
  return { ticks, ticker };
}

describe('ticks', () => {
  it('come by deadline, whatever the work takes within a period', async () => {
    const { ticks, ticker } = await run([5, 39, 0, 20, 40, 1]);
    expect(ticks.map(({ tick }) => tick)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(ticks.map(({ startMs }) => startMs)).toEqual([0, 40, 80, 120, 160, 200]);
    expect(ticker.skipped).toBe(0);
  });

  it('that are overtaken are skipped and counted; the newest due one runs at once', async () => {
    const { ticks, ticker } = await run([10, 130, 5, 41, 5]);
    expect(ticks.map(({ tick }) => tick)).toEqual([0, 1, 4, 5, 6]);
    expect(ticks.map(({ startMs }) => startMs)).toEqual([0, 40, 170, 200, 241]);
    expect(ticks.map(({ dueMs }) => dueMs)).toEqual([0, 40, 160, 200, 240]);
    expect(ticker.skipped).toBe(2);
  });

  it('skip also what the sleep itself overslept', async () => {
    const { ticks } = await run([0, 0, 0], 85);
    expect(ticks.map(({ tick }) => tick)).toEqual([0, 3, 6]);
  });

  it('never repeat, go back or start early', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { minLength: 1, maxLength: 40 }),
        async (durations) => {
          const { ticks, ticker } = await run(durations);
          ticks.forEach(({ tick, startMs, dueMs }, index) => {
            expect(tick).toBeGreaterThan(ticks[index - 1]?.tick ?? -1);
            expect(startMs).toBeGreaterThanOrEqual(dueMs - 1e-6);
            expect(startMs - dueMs).toBeLessThan(40 + 1e-6);
          });
          // One more tick was needed to end the run.
          expect(ticker.skipped).toBeGreaterThanOrEqual(ticks.at(-1)!.tick + 1 - ticks.length);
        },
      ),
    );
  });

  it('go on after a callback threw', async () => {
    const clock = new VirtualClock();
    const errors: unknown[] = [];
    let ticker: ReturnType<typeof runTicks> | undefined;
    await new Promise<void>((resolve) => {
      ticker = runTicks({
        clock,
        sleep: clock.sleep,
        periodMs: 10,
        onTick: (tick) => {
          if (tick === 3) resolve();
          return tick === 1 ? Promise.reject(new Error('one')) : Promise.resolve();
        },
        onError: (error, tick) => errors.push([(error as Error).message, tick]),
      });
    });
    await ticker!.stop();
    expect(errors).toEqual([['one', 1]]);
  });

  it('stop once the last callback has ended, and not before', async () => {
    const clock = new VirtualClock();
    let finish!: () => void;
    let started!: () => void;
    const start = new Promise<void>((resolve) => (started = resolve));
    let calls = 0;
    const ticker = runTicks({
      clock,
      sleep: clock.sleep,
      periodMs: 10,
      onTick: () => {
        calls += 1;
        started();
        return new Promise<void>((resolve) => (finish = resolve));
      },
      onError: () => undefined,
    });
    await start;
    let stopped = false;
    const stopping = ticker.stop().then(() => (stopped = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(stopped).toBe(false);
    finish();
    await stopping;
    await ticker.stop();
    expect(calls).toBe(1);
  });

  it('stop in the middle of a sleep of the real clock', async () => {
    let ran!: () => void;
    const first = new Promise<void>((resolve) => (ran = resolve));
    const ticker = runTicks({
      clock: monotonicClock,
      sleep: timerSleep,
      periodMs: 3_600_000,
      onTick: () => {
        ran();
        return Promise.resolve();
      },
      onError: () => undefined,
    });
    await first;
    await ticker.stop();
  });

  it('need a positive period', () => {
    const clock = new VirtualClock();
    const options = { clock, sleep: clock.sleep, onTick: async () => {}, onError: () => {} };
    expect(() => runTicks({ ...options, periodMs: 0 })).toThrow(TypeError);
    expect(() => runTicks({ ...options, periodMs: Number.NaN })).toThrow(TypeError);
  });
});
