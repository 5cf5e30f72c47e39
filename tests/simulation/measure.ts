import type { Sample } from './scenario.ts';

/** How the estimate did between two moments. */
export interface Measured {
  /** Its mean, as a share of what the link had left. */
  readonly share: number;
  /** Its least and its greatest, likewise. */
  readonly least: number;
  readonly greatest: number;
  /** What arrived, as a share of what the link had left. */
  readonly used: number;
  /** 95 of 100 tenths of a second had no packet that stood longer, milliseconds. */
  readonly queuedMs: number;
}

/** Measures from one second to another. */
export function measure(samples: readonly Sample[], from: number, to: number): Measured {
  const within = samples.filter(({ second }) => second > from && second <= to);
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const shares = within.map(({ estimate, available }) => estimate / available);
  const queued = within.map(({ queuedMs }) => queuedMs ?? 0).sort((a, b) => a - b);
  return {
    share: mean(shares),
    least: Math.min(...shares),
    greatest: Math.max(...shares),
    used: mean(within.map(({ delivered, available }) => delivered / available)),
    queuedMs: queued[Math.ceil(queued.length * 0.95) - 1] ?? 0,
  };
}

/** So many seconds after a moment no packet of the next ten seconds waits longer any more. */
export function emptied(samples: readonly Sample[], from: number, longestMs: number): number {
  const last = samples.findLast(
    ({ second, queuedMs }) =>
      second > from && second <= from + 10 && queuedMs !== null && queuedMs >= longestMs,
  );
  return last === undefined ? 0 : last.second - from;
}

/** The first second at which the estimate is at least this share of what the link has left; null if there is none. */
export function reached(samples: readonly Sample[], from: number, share: number): number | null {
  const first = samples.find(
    ({ second, estimate, available }) => second > from && estimate >= share * available,
  );
  return first?.second ?? null;
}
