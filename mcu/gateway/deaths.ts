/** So many deaths within {@link windowMs} are too many: what killed one process kills the next one, too. */
const limit = 3;
const windowMs = 60_000;

/** Counts the processes that died doing one thing. */
export class Deaths {
  #count = 0;
  #recent: readonly number[] = [];

  /**
   * Another one.
   * @param nowMs - monotonic milliseconds
   */
  add(nowMs: number): void {
    this.#count += 1;
    this.#recent = [...this.#recent.filter((at) => nowMs - at < windowMs), nowMs];
  }

  /** All of them. */
  get count(): number {
    return this.#count;
  }

  /** Those of the minute before the last one, that included. */
  get recent(): number {
    return this.#recent.length;
  }

  /** Whether it is of no use to start another process. */
  get areTooMany(): boolean {
    return this.recent >= limit;
  }
}
