import { setImmediate as immediate, setTimeout as delay } from 'node:timers/promises';

/** A monotonic clock: the machine's in a live room, a virtual one in a render. */
export interface Clock {
  /** Milliseconds since some fixed moment; fractional, never going back. */
  now(): number;
}

/**
 * Waits `milliseconds`; 0 lets everything that is ready run first. Ends early, by resolving or rejecting, once
 * `signal` is aborted.
 */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** The machine's monotonic clock. */
export const monotonicClock: Clock = { now: () => performance.now() };

/** Waits on the machine's timers. */
export const timerSleep: Sleep = async (milliseconds, signal) => {
  if (milliseconds > 0) await delay(milliseconds, undefined, { signal });
  else await immediate();
};

/** What {@link runTicks} needs. */
export interface TickOptions {
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** Milliseconds from one tick to the next; may be fractional. */
  readonly periodMs: number;
  /** Tick 0 is due so many milliseconds from now; 0 when omitted. */
  readonly offsetMs?: number;
  /** The work of tick number `tick` (0, 1, …), which was due at `dueMs` of the clock. */
  readonly onTick: (tick: number, dueMs: number) => Promise<void>;
  /** Told what `onTick` threw; the ticks go on. */
  readonly onError: (error: unknown, tick: number) => void;
}

/** Running ticks. */
export interface Ticker {
  /** Ticks that never ran because they were overtaken by a later one. */
  readonly skipped: number;
  /** Ends the ticks; resolves once the last callback has ended. Can be called twice. */
  stop(): Promise<void>;
}

/**
 * Runs a callback per tick, by deadline: tick k is due at start + k × period, whatever the ticks before it took.
 * One callback runs at a time. When several ticks are due, the newest runs and the others are skipped and counted,
 * never queued.
 */
export function runTicks(options: TickOptions): Ticker {
  const { clock, sleep, periodMs, offsetMs = 0, onTick, onError } = options;
  if (!(periodMs > 0)) throw new TypeError('periodMs must be a positive number.');
  const abort = new AbortController();
  const startMs = clock.now() + offsetMs;
  let skipped = 0;

  /** The newest tick already due, but not before `tick`. */
  const catchUp = (tick: number): number => {
    const newest = Math.max(tick, Math.floor((clock.now() - startMs) / periodMs));
    skipped += newest - tick;
    return newest;
  };

  const waitUntil = async (dueMs: number): Promise<void> => {
    // At least one sleep a tick, so that ticks which are always late do not starve everything else.
    let waitMs = Math.max(0, dueMs - clock.now());
    do {
      await sleep(waitMs, abort.signal).catch((error: unknown) => {
        if (!abort.signal.aborted) throw error;
      });
      waitMs = dueMs - clock.now();
    } while (waitMs > 0 && !abort.signal.aborted);
  };

  const run = async (): Promise<void> => {
    for (let tick = 0; ; tick += 1) {
      await waitUntil(startMs + tick * periodMs);
      if (abort.signal.aborted) return;
      tick = catchUp(tick);
      try {
        await onTick(tick, startMs + tick * periodMs);
      } catch (error) {
        onError(error, tick);
      }
    }
  };

  const running = run();
  return {
    get skipped() {
      return skipped;
    },
    async stop() {
      abort.abort();
      await running;
    },
  };
}
