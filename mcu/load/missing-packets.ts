interface Missing {
  askedMs: number;
  tries: number;
}

/** A packet is asked for again after so long without it, in milliseconds: libwebrtc's round trip before it knows one. */
const retryMs = 100;
const maximumTries = 10;
/** If more than this is missing a keyframe is cheaper. */
const maximumMissing = 256;

/** Which packets of a stream are missing, and when to ask for them, much as libwebrtc's NackRequester does. */
export class MissingPackets {
  readonly #missing = new Map<number, Missing>();
  #highest: number | null = null;

  /**
   * Notes that a packet has come, by itself or resent.
   *
   * @param number - Sequence number without wrap-arounds.
   * @returns Whether it was missing.
   */
  arrived(number: number): boolean {
    const highest = this.#highest;
    if (highest === null || number > highest) {
      this.#highest = number;
      if (highest === null || number - highest - 1 > maximumMissing) this.#missing.clear();
      else {
        for (let missing = highest + 1; missing < number; missing += 1) {
          this.#missing.set(missing, { askedMs: -Infinity, tries: 0 });
        }
      }
      if (this.#missing.size > maximumMissing) this.#missing.clear();
      return false;
    }
    return this.#missing.delete(number);
  }

  /** Gives up what is older than a packet: the picture goes on without it. */
  forgetBefore(number: number): void {
    for (const missing of this.#missing.keys()) {
      if (missing < number) this.#missing.delete(missing);
    }
  }

  /**
   * What is to be asked for now.
   *
   * @param nowMs - Milliseconds, monotonic.
   * @returns Sequence numbers in order, 16 bits each; null when there are none.
   */
  due(nowMs: number): number[] | null {
    if (this.#missing.size === 0) return null;
    const due: number[] = [];
    for (const [number, missing] of this.#missing) {
      if (nowMs - missing.askedMs < retryMs) continue;
      if (missing.tries >= maximumTries) {
        this.#missing.delete(number);
        continue;
      }
      missing.tries += 1;
      missing.askedMs = nowMs;
      due.push(number & 0xffff);
    }
    return due.length === 0 ? null : due;
  }
}
