/** The least delay is that of this many seconds. */
const baseSeconds = 10;
/** The standing queue is what every packet of the last time has waited for: so long, and longer where delay jitters. */
const standing = { ms: 100, jitters: 12, mostMs: 500 };
/** Or of this many groups, if they are few: fewer where delay hardly jitters. */
const standingGroups = { steady: 2, most: 3, jitterMs: 10 };
const recent = 64;
const mask = recent - 1;
/** What is usual is that of so long, milliseconds; more than this is never usual. */
const usual = { overMs: 5000, mostMs: 120 };
/** RFC 3550 §6.4.1. */
const jitterGain = 1 / 16;

/**
 * How long packets stand in queues: the least delay of the last 100 to 500 ms above the least of the last ten seconds. A
 * minimum is not moved by jitter, and neither is a queue that empties between two pictures one that stands.
 */
export class QueueDelay {
  /** Least delay by second, and which second it is. */
  readonly #least = new Float64Array(baseSeconds).fill(Infinity);
  readonly #seconds = new Float64Array(baseSeconds).fill(-Infinity);
  readonly #delays = new Float64Array(recent);
  readonly #arrivals = new Float64Array(recent);
  #count = 0;
  #next = 0;
  #lastDelayMs = 0;
  #jitterMs = 0;
  #usualMs = 0;
  #usualAtMs = 0;
  #baseMs = Infinity;

  /**
   * Takes a group.
   *
   * @param delayMs - Arrival minus sending; any constant may be in it.
   * @param arrivalMs - On the receiver's clock.
   */
  add(delayMs: number, arrivalMs: number): void {
    if (this.#count > 0) {
      // Only falls are counted: a growing queue makes none.
      const fallMs = Math.max(0, this.#lastDelayMs - delayMs);
      this.#jitterMs += (2 * fallMs - this.#jitterMs) * jitterGain;
    }
    this.#lastDelayMs = delayMs;
    this.#delays[this.#next] = delayMs;
    this.#arrivals[this.#next] = arrivalMs;
    this.#next = (this.#next + 1) & mask;
    this.#count = Math.min(recent, this.#count + 1);
    this.#lower(delayMs, Math.floor(arrivalMs / 1000));
  }

  /** How much delay varies from group to group, milliseconds. */
  get jitterMs(): number {
    return this.#jitterMs;
  }

  /** How much longer than the least packets take when there is no congestion, milliseconds. */
  get usualMs(): number {
    return this.#usualMs;
  }

  /** Notes that the last group met no congestion. */
  noteUsual(): void {
    const newest = this.#arrivals[(this.#next - 1) & mask] ?? 0;
    const gapMs = Math.min(1000, Math.max(0, newest - this.#usualAtMs));
    this.#usualAtMs = newest;
    const excessMs = Math.min(usual.mostMs, this.lastMs);
    this.#usualMs += (excessMs - this.#usualMs) * (gapMs / (usual.overMs + gapMs));
  }

  /** How much longer the last group took than the least, milliseconds. */
  get lastMs(): number {
    return this.#count === 0 ? 0 : Math.max(0, this.#lastDelayMs - this.#baseMs);
  }

  /** The standing queue, milliseconds. */
  get standingMs(): number {
    if (this.#count === 0) return 0;
    let least = Infinity;
    const { ms, jitters, mostMs } = standing;
    const { steady, most, jitterMs } = standingGroups;
    const groups = this.#jitterMs < jitterMs ? steady : most;
    const windowMs = Math.min(mostMs, ms + jitters * this.#jitterMs);
    const newest = this.#arrivals[(this.#next - 1) & mask] ?? 0;
    for (let back = 1; back <= this.#count; back += 1) {
      const slot = (this.#next - back) & mask;
      if (back > groups && newest - (this.#arrivals[slot] ?? 0) > windowMs) break;
      least = Math.min(least, this.#delays[slot] ?? Infinity);
    }
    return Math.max(0, least - this.#baseMs);
  }

  /** Forgets everything: the receiver's clock has changed. */
  reset(): void {
    this.#count = 0;
    this.#seconds.fill(-Infinity);
    this.#least.fill(Infinity);
    this.#baseMs = Infinity;
    this.#jitterMs = 0;
    this.#usualMs = 0;
  }

  #lower(delayMs: number, second: number): void {
    const slot = ((second % baseSeconds) + baseSeconds) % baseSeconds;
    if (this.#seconds[slot] !== second) {
      // A second that is over in the ring is one from late feedback.
      if ((this.#seconds[slot] ?? -Infinity) > second) return;
      this.#seconds[slot] = second;
      this.#least[slot] = delayMs;
      this.#baseMs = Infinity;
      for (let index = 0; index < baseSeconds; index += 1) {
        if ((this.#seconds[index] ?? -Infinity) <= second - baseSeconds) continue;
        this.#baseMs = Math.min(this.#baseMs, this.#least[index] ?? Infinity);
      }
      return;
    }
    this.#least[slot] = Math.min(this.#least[slot] ?? Infinity, delayMs);
    this.#baseMs = Math.min(this.#baseMs, delayMs);
  }
}
