/** How often everybody has a turn, in milliseconds: what is sent is late by half of it, on average. */
const intervalMs = 5;

/** One timer for all participants: what each has to do is asked of it, by deadline. */
export class Ticker {
  readonly #turns = new Set<(nowMs: number) => void>();
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;

  /** @param now - Monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Gives a turn every few milliseconds until the returned function is called. */
  add(turn: (nowMs: number) => void): () => void {
    this.#turns.add(turn);
    this.#timer ??= setInterval(() => {
      for (const each of this.#turns) each(this.#now());
    }, intervalMs);
    return () => {
      this.#turns.delete(turn);
      if (this.#turns.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }
}
