import { sampleRate } from '../audio/index.ts';

/** Length of a fade in samples: 5 ms, long enough not to click. */
export const fadeSamples = sampleRate / 200;

/** A moment from which sound is heard, or not. */
export interface SoundSwitch {
  /** In samples of the output. */
  readonly at: number;
  readonly on: boolean;
}

/** The loudness of a sound that is switched on and off: changes begin on their exact sample and take 5 ms. */
export class Envelope {
  readonly #switches: readonly SoundSwitch[];
  #next = 0;
  #position: number;
  #on = true;
  #gain = 1;

  /**
   * @param switches - In order; on before the first of them.
   * @param start - The position of the first sample that {@link Envelope.apply} will be given. What was switched before
   * it takes effect without a fade.
   */
  constructor(switches: readonly SoundSwitch[], start: number) {
    this.#switches = switches;
    this.#position = start;
    this.#switchUpTo(start);
    this.#gain = this.#on ? 1 : 0;
  }

  /** Changes the next samples in place. */
  apply(samples: Float32Array): void {
    const end = this.#position + samples.length;
    let at = 0;
    while (this.#position < end) {
      this.#switchUpTo(this.#position);
      const until = Math.min(this.#switches[this.#next]?.at ?? Infinity, end);
      const length = until - this.#position;
      this.#shape(samples, at, at + length);
      at += length;
      this.#position = until;
    }
  }

  #switchUpTo(position: number): void {
    for (; ; this.#next += 1) {
      const next = this.#switches[this.#next];
      if (next === undefined || next.at > position) return;
      this.#on = next.on;
    }
  }

  #shape(samples: Float32Array, from: number, to: number): void {
    const target = this.#on ? 1 : 0;
    let at = from;
    for (; at < to && this.#gain !== target; at += 1) {
      const gain = this.#gain + (this.#on ? 1 : -1) / fadeSamples;
      this.#gain = Math.min(1, Math.max(0, gain));
      samples[at] = (samples[at] ?? 0) * this.#gain;
    }
    if (!this.#on) samples.fill(0, at, to);
  }
}
