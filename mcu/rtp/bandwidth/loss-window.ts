const stepMs = 250;
const steps = 8;

/** Packets that arrived and packets that did not, of the last two seconds in steps of 250 ms. */
export class LossWindow {
  readonly #lost = new Int32Array(steps);
  readonly #received = new Int32Array(steps);
  #step = -Infinity;

  /** Counts a packet that did not arrive. */
  addLost(nowMs: number): void {
    const slot = this.#slot(nowMs);
    this.#lost[slot] = (this.#lost[slot] ?? 0) + 1;
  }

  /** Counts a packet that arrived; one that had been called lost is no longer. */
  addReceived(nowMs: number, wasLost: boolean): void {
    const slot = this.#slot(nowMs);
    this.#received[slot] = (this.#received[slot] ?? 0) + 1;
    if (wasLost) this.#lost[slot] = (this.#lost[slot] ?? 0) - 1;
  }

  /** Packets lost. */
  get lost(): number {
    return Math.max(0, sum(this.#lost));
  }

  /** Packets lost or received. */
  get packets(): number {
    return this.lost + sum(this.#received);
  }

  /** Share of packets lost, 0 to 1. */
  get fraction(): number {
    const { packets } = this;
    return packets === 0 ? 0 : this.lost / packets;
  }

  /** Forgets what is older than two seconds. */
  forward(nowMs: number): void {
    this.#slot(nowMs);
  }

  /** Forgets everything. */
  reset(): void {
    this.#lost.fill(0);
    this.#received.fill(0);
  }

  #slot(nowMs: number): number {
    const step = Math.floor(nowMs / stepMs);
    if (step > this.#step) {
      const empty = Math.min(steps, step - this.#step);
      for (let back = 0; back < empty; back += 1) {
        const slot = (((step - back) % steps) + steps) % steps;
        this.#lost[slot] = 0;
        this.#received[slot] = 0;
      }
      this.#step = step;
    }
    return ((this.#step % steps) + steps) % steps;
  }
}

const sum = (values: Int32Array): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};
