/** How often something may be done: so many times within any so long time. */
export class SendLimit {
  readonly #most: number;
  readonly #windowMs: number;
  #atMs: readonly number[] = [];

  /**
   * @param most - times within the window
   * @param windowMs - milliseconds
   */
  constructor(most: number, windowMs: number) {
    this.#most = most;
    this.#windowMs = windowMs;
  }

  /** Whether it may be done now. @param nowMs - milliseconds of any clock that does not go back */
  allows(nowMs: number): boolean {
    this.#atMs = this.#atMs.filter((atMs) => nowMs - atMs < this.#windowMs);
    return this.#atMs.length < this.#most;
  }

  /** It was done. */
  count(nowMs: number): void {
    this.#atMs = [...this.#atMs, nowMs];
  }
}
