/** Groups a line is laid through (libwebrtc: trendline_estimator.h, kDefaultTrendlineWindowSize). */
const windowGroups = 20;
/** A power of two that holds them. */
const slots = 32;
const mask = slots - 1;
/** A line is laid through fewer groups when packets are few; not through fewer than these. */
const fewestGroups = 8;
/** With few packets a group older than this says nothing of now. */
const windowMs = 1000;
/** Weight of what was, at 50 groups a second; less with fewer (libwebrtc: kDefaultTrendlineSmoothingCoeff). */
const smoothing = 0.9;
const smoothingMs = 20;
const leastSmoothing = 0.5;

/**
 * How delay changes: the slope of a line through the smoothed delay of the last groups. It is about
 * (rate − capacity) / capacity while a queue grows (libwebrtc: goog_cc/trendline_estimator.cc).
 */
export class Trendline {
  readonly #arrivals = new Float64Array(slots);
  readonly #delays = new Float64Array(slots);
  #count = 0;
  #next = 0;
  #smoothedMs = 0;
  #lastArrivalMs = 0;

  /** Groups there are, at most 20. */
  get groups(): number {
    return this.#count;
  }

  /**
   * Takes a group.
   *
   * @param delayMs - Arrival minus sending; any constant may be in it.
   * @param arrivalMs - On the receiver's clock.
   * @returns Milliseconds of delay per millisecond; null if there are too few groups.
   */
  add(delayMs: number, arrivalMs: number): number | null {
    const gapMs = Math.max(0, arrivalMs - this.#lastArrivalMs);
    const weight = Math.max(leastSmoothing, smoothing ** Math.max(1, gapMs / smoothingMs));
    this.#smoothedMs =
      this.#count === 0 ? delayMs : weight * this.#smoothedMs + (1 - weight) * delayMs;
    this.#lastArrivalMs = arrivalMs;
    this.#arrivals[this.#next] = arrivalMs;
    this.#delays[this.#next] = this.#smoothedMs;
    this.#next = (this.#next + 1) & mask;
    this.#count = Math.min(windowGroups, this.#count + 1);
    return this.#slope(arrivalMs);
  }

  /** Forgets all groups. */
  reset(): void {
    this.#count = 0;
    this.#next = 0;
  }

  #slope(newestMs: number): number | null {
    // From the newest on, so that sums of squares stay small and exact.
    const newestDelayMs = this.#smoothedMs;
    let groups = 0;
    let [sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0];
    for (let back = 1; back <= this.#count; back += 1) {
      const slot = (this.#next - back) & mask;
      const x = (this.#arrivals[slot] ?? 0) - newestMs;
      if (x < -windowMs && groups >= fewestGroups) break;
      const y = (this.#delays[slot] ?? 0) - newestDelayMs;
      groups += 1;
      sumX += x;
      sumY += y;
      sumXX += x * x;
      sumXY += x * y;
    }
    if (groups < fewestGroups) return null;
    const spread = groups * sumXX - sumX * sumX;
    return spread > 0 ? (groups * sumXY - sumX * sumY) / spread : null;
  }
}
