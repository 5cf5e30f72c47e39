const stepMs = 50;
const steps = 20;

/** The rate at which packets are sent, headers counted: the last second in steps of 50 ms. */
export class SentRate {
  readonly #bytes = new Float64Array(steps);
  #step = -Infinity;
  #firstStep = Infinity;

  /** Counts a packet. */
  add(bytes: number, nowMs: number): void {
    this.#forward(nowMs);
    this.#firstStep = Math.min(this.#firstStep, this.#step);
    const slot = ((this.#step % steps) + steps) % steps;
    this.#bytes[slot] = (this.#bytes[slot] ?? 0) + bytes;
  }

  /**
   * @param nowMs - Monotonic milliseconds.
   * @param windowMs - At most 1000.
   * @returns Bits per second in the time before `nowMs`; 0 before the first packet.
   */
  bitsPerSecond(nowMs: number, windowMs = 1000): number {
    this.#forward(nowMs);
    const wanted = Math.min(steps, Math.max(1, Math.round(windowMs / stepMs)));
    const count = Math.min(wanted, Math.max(1, this.#step - this.#firstStep + 1));
    let bytes = 0;
    for (let back = 0; back < count; back += 1) {
      bytes += this.#bytes[(((this.#step - back) % steps) + steps) % steps] ?? 0;
    }
    // The newest step has only begun.
    const spanMs = (count - 1) * stepMs + nowMs - this.#step * stepMs;
    return (bytes * 8000) / Math.min(count * stepMs, Math.max(stepMs, spanMs));
  }

  #forward(nowMs: number): void {
    const step = Math.floor(nowMs / stepMs);
    if (step <= this.#step) return;
    const empty = Math.min(steps, step - this.#step);
    for (let back = 0; back < empty; back += 1) {
      this.#bytes[(((step - back) % steps) + steps) % steps] = 0;
    }
    this.#step = step;
  }
}
