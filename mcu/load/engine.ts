import { NtpClock } from '../rtp/index.ts';
import { ClipLibrary } from './clip-library.ts';
import { Histogram } from './histogram.ts';
import { Ticker } from './ticker.ts';

/** What all participants share. */
export interface LoadEngine {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly ntp: NtpClock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly ticker: Ticker;
  readonly library: ClipLibrary;
  /** Times between pictures that came, and between pictures that were sent. */
  readonly gaps: { readonly received: Histogram; readonly sent: Histogram };
}

/**
 * Makes what all participants of a run share.
 *
 * @param library - Clips of earlier runs.
 */
export function openEngine(library = new ClipLibrary()): LoadEngine {
  const now = (): number => performance.now();
  return {
    now,
    ntp: new NtpClock(now(), Date.now()),
    random: Math.random,
    ticker: new Ticker(now),
    library,
    gaps: { received: new Histogram(), sent: new Histogram() },
  };
}
