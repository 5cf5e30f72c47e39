import { frameSamples } from './sound-encoder.ts';

/**
 * Puts frames of AAC from several files on one line: on a grid of whole frames, so each file is off by 11 ms at most, with
 * silence where there is nothing.
 */
export class SoundJoiner {
  readonly #silence: Buffer;
  readonly #emit: (data: Buffer, position: number) => void;
  #frames = 0;

  /**
   * @param silence - A frame of it.
   * @param emit - Given each frame and its position in samples.
   */
  constructor(silence: Buffer, emit: (data: Buffer, position: number) => void) {
    this.#silence = silence;
    this.#emit = emit;
  }

  /** Where the line ends, in samples. */
  get end(): number {
    return this.#frames * frameSamples;
  }

  /** Takes a frame at its position in samples; dropped where there is sound already. */
  push(data: Buffer, position: number): void {
    const index = Math.round(position / frameSamples);
    if (index < this.#frames) return;
    this.fillTo(index * frameSamples);
    this.#give(data);
  }

  /** Silence up to a position, in samples: as many whole frames as there are until then. */
  fillTo(position: number): void {
    while ((this.#frames + 1) * frameSamples <= position) this.#give(this.#silence);
  }

  #give(data: Buffer): void {
    this.#emit(data, this.#frames * frameSamples);
    this.#frames += 1;
  }
}
