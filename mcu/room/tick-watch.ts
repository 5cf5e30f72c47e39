import type { Strain } from './governor.ts';

/** Looks this long apart, in milliseconds, are told apart from noise. */
const windowMs = 1000;

/** How a room's picture ticks went: how many came too late, and how long they took. */
export class TickWatch {
  readonly #fps: number;
  #sinceMs: number;
  #skipped = 0;
  #busyMs = 0;

  /**
   * @param fps - ticks a second
   * @param nowMs - milliseconds of the room's clock, here and below
   */
  constructor(fps: number, nowMs: number) {
    this.#fps = fps;
    this.#sinceMs = nowMs;
  }

  /** A tick's work took so long. */
  ran(ms: number): void {
    this.#busyMs += ms;
  }

  /**
   * How it went since the last look.
   * @param skipped - ticks skipped so far
   * @returns null where it is too early to say
   */
  look(skipped: number, nowMs: number): Strain | null {
    const elapsedMs = nowMs - this.#sinceMs;
    if (elapsedMs < windowMs) return null;
    const due = (elapsedMs / 1000) * this.#fps;
    const strain = {
      skippedShare: Math.min(1, Math.max(0, skipped - this.#skipped) / due),
      busyShare: Math.min(1, this.#busyMs / elapsedMs),
    };
    this.#sinceMs = nowMs;
    this.#skipped = skipped;
    this.#busyMs = 0;
    return strain;
  }
}
