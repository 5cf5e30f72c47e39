import { highestLevel } from './ease.ts';

/** How a room process did in the second or so since the last look. */
export interface Strain {
  /** Ticks that came too late to be run, as a part of all that were due; 0 to 1. */
  readonly skippedShare: number;
  /** How much of the time went into making pictures, as a part of it; 0 to 1. */
  readonly busyShare: number;
}

/** Beyond either of these a room does not keep its rate, or soon will not. */
const mostSkipped = 0.1;
const mostBusy = 0.9;
/** Below both there is time for more. */
const calmSkipped = 0.03;
const calmBusy = 0.65;
/** So long it has to last, in milliseconds, at first: joins and a busy moment of the machine pass. */
const firstStrainMs = 3000;
const strainMs = 2000;
/** A step is given so long to show what it does. */
const settleMs = 2000;
/** After so long without strain more is tried ... */
const firstHoldMs = 3000;
/** ... and after twice as long each time that went wrong, at most: */
const longestHoldMs = 60_000;
/** It went wrong if there is strain within so long. */
const trialMs = 20_000;
/** Less than this part of the work there was before it went wrong is another situation: the waiting is over. */
const eased = 0.7;

/**
 * Decides how much a room has to do without: a step more after some seconds of strain, a step less after some without. What went
 * wrong is tried again later and later, unless the machine has got a lot more time meanwhile. It has no clock and no timers.
 */
export class Governor {
  #level = 0;
  #strainedSinceMs: number | null = null;
  #calmSinceMs: number | null = null;
  #changedMs = Number.NEGATIVE_INFINITY;
  #holdMs = firstHoldMs;
  /** The last step to less saving, while it is not clear whether it went well; `busyShare`: before it. */
  #trial: { readonly atMs: number; readonly busyShare: number } | null = null;
  /** How much work there was before the last one that went wrong. */
  #failedBusy: number | null = null;

  /** How much is saved: 0 nothing, {@link highestLevel} all that can be. */
  get level(): number {
    return this.#level;
  }

  /**
   * Takes how it went since the last call; call it every second.
   * @param nowMs - monotonic milliseconds
   * @returns whether the level has changed
   */
  look({ skippedShare, busyShare }: Strain, nowMs: number): boolean {
    if (this.#trial !== null && nowMs - this.#trial.atMs >= trialMs) this.#proven();
    if (skippedShare > mostSkipped || busyShare > mostBusy) {
      this.#calmSinceMs = null;
      this.#strainedSinceMs ??= nowMs;
      return this.#saveMore(nowMs);
    }
    this.#strainedSinceMs = null;
    if (skippedShare > calmSkipped || busyShare > calmBusy) {
      this.#calmSinceMs = null;
      return false;
    }
    this.#calmSinceMs ??= nowMs;
    return this.#saveLess(busyShare, nowMs);
  }

  #saveMore(nowMs: number): boolean {
    const neededMs = this.#level === 0 ? firstStrainMs : strainMs;
    // The first look tells of the time before it.
    const strainedMs = nowMs - (this.#strainedSinceMs ?? nowMs) + 1000;
    if (strainedMs < neededMs || nowMs - this.#changedMs < settleMs) return false;
    if (this.#level >= highestLevel) return false;
    if (this.#trial !== null) {
      this.#holdMs = Math.min(longestHoldMs, 2 * this.#holdMs);
      this.#failedBusy = this.#trial.busyShare;
      this.#trial = null;
    }
    return this.#change(this.#level + 1, nowMs);
  }

  #saveLess(busyShare: number, nowMs: number): boolean {
    if (this.#level === 0) return false;
    const isAnother = this.#failedBusy !== null && busyShare < eased * this.#failedBusy;
    const holdMs = isAnother ? firstHoldMs : this.#holdMs;
    const calmMs = nowMs - Math.max(this.#calmSinceMs ?? nowMs, this.#changedMs);
    if (calmMs < holdMs) return false;
    this.#trial = { atMs: nowMs, busyShare };
    return this.#change(this.#level - 1, nowMs);
  }

  #proven(): void {
    this.#trial = null;
    // Half of it only: at the edge of what can be done a try may go well for a while.
    this.#holdMs = Math.max(firstHoldMs, this.#holdMs / 2);
    if (this.#holdMs === firstHoldMs) this.#failedBusy = null;
  }

  #change(level: number, nowMs: number): boolean {
    this.#level = level;
    this.#changedMs = nowMs;
    this.#strainedSinceMs = null;
    this.#calmSinceMs = null;
    return true;
  }
}
