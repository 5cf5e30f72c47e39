/** Sound on its way from a decoder, with gaps that take no memory: mono floats within [-1, 1]. */
export class SampleQueue {
  /** Samples, or how many of silence. */
  readonly #parts: (Float32Array | number)[] = [];
  /** Samples of the first part that were taken already. */
  #taken = 0;
  /** Samples yet to come that are not wanted. */
  #unwanted = 0;
  #length = 0;

  /** Samples that can be taken. */
  get length(): number {
    return this.#length;
  }

  /** Adds a copy of some samples. */
  push(samples: Float32Array): void {
    const dropped = Math.min(this.#unwanted, samples.length);
    this.#unwanted -= dropped;
    if (dropped === samples.length) return;
    const copy = samples.slice(dropped);
    limit(copy);
    this.#parts.push(copy);
    this.#length += copy.length;
  }

  /** Adds silence. */
  pushSilence(count: number): void {
    const dropped = Math.min(this.#unwanted, count);
    this.#unwanted -= dropped;
    if (dropped === count) return;
    this.#parts.push(count - dropped);
    this.#length += count - dropped;
  }

  /** Leaves out the next `count` samples that are pushed. */
  leaveOut(count: number): void {
    this.#unwanted += count;
  }

  /** Fills `out` with the next samples; with silence where there are no more. */
  take(out: Float32Array): void {
    let filled = 0;
    while (filled < out.length) {
      const [part] = this.#parts;
      if (part === undefined) {
        out.fill(0, filled);
        return;
      }
      const size = typeof part === 'number' ? part : part.length;
      const count = Math.min(size - this.#taken, out.length - filled);
      if (typeof part === 'number') out.fill(0, filled, filled + count);
      else out.set(part.subarray(this.#taken, this.#taken + count), filled);
      filled += count;
      this.#length -= count;
      this.#taken += count;
      if (this.#taken === size) {
        this.#parts.shift();
        this.#taken = 0;
      }
    }
  }
}

/** Decoders overshoot, and broken files may hold anything. */
function limit(samples: Float32Array): void {
  for (let i = 0; i < samples.length; i += 1) {
    const sample = samples[i] ?? 0;
    if (sample >= -1 && sample <= 1) continue;
    samples[i] = Number.isNaN(sample) ? 0 : Math.sign(sample);
  }
}
