const slots = 10;
const slotMs = 100;

/** What was sent in the last second. */
export class SendRate {
  readonly #bytes = new Float64Array(slots);
  #slot = 0;
  #firstSlot: number | undefined;

  /** Counts bytes that are sent now. */
  add(bytes: number, nowMs: number): void {
    const index = this.#moveTo(nowMs);
    this.#bytes[index] = (this.#bytes[index] ?? 0) + bytes;
  }

  /** Bits a second; of less than a second where there was no more yet. */
  bitsPerSecond(nowMs: number): number {
    this.#moveTo(nowMs);
    const seen = Math.min(slots, this.#slot - (this.#firstSlot ?? this.#slot) + 1);
    let bytes = 0;
    for (const each of this.#bytes) bytes += each;
    return (bytes * 8 * 1000) / (seen * slotMs);
  }

  #moveTo(nowMs: number): number {
    const slot = Math.floor(nowMs / slotMs);
    if (this.#firstSlot === undefined) this.#slot = this.#firstSlot = slot;
    const steps = Math.min(slots, slot - this.#slot);
    for (let step = 0; step < steps; step++) this.#bytes[(slot - step) % slots] = 0;
    this.#slot = Math.max(this.#slot, slot);
    return this.#slot % slots;
  }
}
