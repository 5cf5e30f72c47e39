const firstMs = 1000;
const mostMs = 30_000;

/** How long to wait before the next attempt: 1, 2, 4 … 30 seconds. */
export class BackOff {
  readonly #successMs: number;
  #nextMs = firstMs;

  /** @param successMs - After so long a success the next failure is the first. */
  constructor(successMs: number) {
    this.#successMs = successMs;
  }

  /**
   * Milliseconds to wait.
   *
   * @param workedMs - For how long the attempt that just failed had worked.
   */
  next(workedMs: number): number {
    if (workedMs >= this.#successMs) this.#nextMs = firstMs;
    const waitMs = this.#nextMs;
    this.#nextMs = Math.min(mostMs, waitMs * 2);
    return waitMs;
  }
}
