const firstMs = 1000;
const mostMs = 30_000;
/** After so long a success the next failure is the first. */
const successMs = 30_000;

/** How long to wait before the next attempt: 1, 2, 4 … 30 seconds. */
export class BackOff {
  #nextMs = firstMs;

  /**
   * Milliseconds to wait.
   *
   * @param workedMs - For how long the attempt that just failed had worked.
   */
  next(workedMs: number): number {
    if (workedMs >= successMs) this.#nextMs = firstMs;
    const waitMs = this.#nextMs;
    this.#nextMs = Math.min(mostMs, waitMs * 2);
    return waitMs;
  }
}
