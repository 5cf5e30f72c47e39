/**
 * When a shared encode makes a keyframe. Many receivers ask (a lost picture, somebody new), and a keyframe serves them all:
 * the first request is met on the next tick; those within the interval after a keyframe wait until it is over and are met
 * by one.
 */
export class KeyframePolicy {
  readonly #intervalMs: number;
  #requested = false;
  #lastMs = -Infinity;
  #everyTicks: number | null = null;
  /** The first tick whose picture is a keyframe by the schedule. */
  #scheduledTick = Infinity;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** Somebody needs a keyframe. */
  request(): void {
    this.#requested = true;
  }

  /**
   * Has a keyframe made at each tick whose number is a multiple of `everyTicks`, or at the next picture where that one has
   * none, whatever is asked for besides: files and playlists are cut there. Null: no more.
   */
  schedule(everyTicks: number | null): void {
    if (everyTicks === this.#everyTicks) return;
    this.#everyTicks = everyTicks;
    this.#scheduledTick = everyTicks === null ? Infinity : -Infinity;
  }

  /** Whether the picture of a tick, encoded now, is to be a keyframe. */
  isDue(tick: number, nowMs: number): boolean {
    if (tick >= this.#scheduledTick) return true;
    return this.#requested && nowMs - this.#lastMs >= this.#intervalMs;
  }

  /** The picture of a tick was made a keyframe at `nowMs` (asked for or not) and is about to be delivered: it answers all requests so far. */
  made(tick: number, nowMs: number): void {
    this.#requested = false;
    this.#lastMs = nowMs;
    const every = this.#everyTicks;
    if (every !== null) this.#scheduledTick = (Math.floor(tick / every) + 1) * every;
  }
}
