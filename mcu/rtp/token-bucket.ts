/** An allowance of bytes that fills up with time. A packet may overdraw it: what is missing is waited for afterwards. */
export class TokenBucket {
  #bitsPerSecond: number;
  #burstBytes: number;
  #bytes: number;
  #atMs: number;

  /**
   * Starts full.
   * @param bitsPerSecond - how fast it fills
   * @param burstBytes - how much it holds
   * @param nowMs - monotonic milliseconds
   */
  constructor(bitsPerSecond: number, burstBytes: number, nowMs: number) {
    this.#bitsPerSecond = bitsPerSecond;
    this.#burstBytes = burstBytes;
    this.#bytes = burstBytes;
    this.#atMs = nowMs;
  }

  /** How fast it fills. */
  get bitsPerSecond(): number {
    return this.#bitsPerSecond;
  }

  /** Changes both measures from now on. */
  set(bitsPerSecond: number, burstBytes: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#bitsPerSecond = bitsPerSecond;
    this.#burstBytes = burstBytes;
    this.#bytes = Math.min(this.#bytes, burstBytes);
  }

  /** Whether anything may be taken now. */
  has(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#bytes > 0;
  }

  /** Takes bytes, more than there are if need be. */
  take(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** Milliseconds until something may be taken; 0: now. */
  waitMs(nowMs: number): number {
    this.#fill(nowMs);
    return this.#bytes > 0 ? 0 : ((1 - this.#bytes) * 8000) / this.#bitsPerSecond;
  }

  #fill(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#atMs);
    this.#atMs = nowMs;
    this.#bytes = Math.min(
      this.#burstBytes,
      this.#bytes + (elapsedMs * this.#bitsPerSecond) / 8000,
    );
  }
}
