/** How long a page of the strip is shown, in milliseconds. */
const pageMs = 10_000;

/** Turns the pages of a strip that cannot hold everybody (`pagesOf`): each in its turn is shown for 10 s. */
export class PageTurner {
  #page = 0;
  #sinceMs = Number.NEGATIVE_INFINITY;

  /** The page that is shown. */
  get page(): number {
    return this.#page;
  }

  /** Begins with the first page: the picture is arranged anew. */
  restart(nowMs: number): void {
    this.#page = 0;
    this.#sinceMs = nowMs;
  }

  /**
   * Turns the page when it is time.
   *
   * @param pages - How many there are.
   * @returns Whether another page is shown now.
   */
  turn(nowMs: number, pages: number): boolean {
    if (nowMs - this.#sinceMs < pageMs) return false;
    const before = this.#page;
    this.#page = (before + 1) % Math.max(1, pages);
    this.#sinceMs = nowMs;
    return this.#page !== before;
  }
}
