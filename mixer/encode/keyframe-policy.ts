/**
 * When a shared encode makes a keyframe. Many receivers ask (a lost picture, somebody new), and a keyframe serves them all:
 * the first request is met on the next tick; those within the interval after a keyframe wait until it is over and are met
 * by one.
 */
export class KeyframePolicy {
  readonly #intervalMs: number;
  #requested = false;
  #lastMs = -Infinity;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** Somebody needs a keyframe. */
  request(): void {
    this.#requested = true;
  }

  /** Whether the picture encoded now is to be a keyframe. */
  isDue(nowMs: number): boolean {
    return this.#requested && nowMs - this.#lastMs >= this.#intervalMs;
  }

  /** A keyframe was made at `nowMs` (asked for or not) and is about to be delivered: it answers all requests so far. */
  made(nowMs: number): void {
    this.#requested = false;
    this.#lastMs = nowMs;
  }
}
