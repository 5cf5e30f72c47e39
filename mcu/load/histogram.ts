/** Milliseconds counted apart; longer ones count as this. */
const longestMs = 20_000;

/** How often each duration came, to the millisecond: percentiles of any number of them in 80 kB. */
export class Histogram {
  readonly #counts = new Uint32Array(longestMs + 1);
  #count = 0;
  #max = 0;

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** The longest, in milliseconds; 0 when there is none. */
  get max(): number {
    return this.#max;
  }

  /** Counts a duration in milliseconds. */
  add(ms: number): void {
    const bin = Math.min(longestMs, Math.max(0, Math.round(ms)));
    this.#counts[bin] = (this.#counts[bin] ?? 0) + 1;
    this.#count += 1;
    this.#max = Math.max(this.#max, ms);
  }

  /** The duration that a share (0 to 1) of all do not exceed, in milliseconds; null when there is none. */
  quantile(share: number): number | null {
    if (this.#count === 0) return null;
    const wanted = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    for (const [ms, count] of this.#counts.entries()) {
      seen += count;
      if (seen >= wanted) return ms;
    }
    return longestMs;
  }
}

/** The value that a share (0 to 1) of all do not exceed; null when there is none. */
export function quantileOf(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
