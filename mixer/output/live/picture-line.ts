/** Ticks a second of the times of pictures. */
export const pictureRate = 90_000;

/** An access unit with its place on the line. */
export interface PlacedPicture {
  /** H.264, Annex B. */
  readonly data: Buffer;
  readonly keyframe: boolean;
  /** In 1/90000 s. */
  readonly position: number;
  /** In 1/90000 s: until the next picture. */
  readonly duration: number;
}

/** Gives each picture the time until the next one: so one is always held back. */
export class PictureLine {
  readonly #emit: (picture: PlacedPicture) => void;
  /** What a picture lasts where nobody knows, in 1/90000 s. */
  readonly #usual: number;
  #end = 0;
  #held: Omit<PlacedPicture, 'duration'> | null = null;

  /**
   * @param fps - Pictures a second.
   * @param emit - Given them in order.
   */
  constructor(fps: number, emit: (picture: PlacedPicture) => void) {
    this.#usual = Math.round(pictureRate / fps);
    this.#emit = emit;
  }

  /** Where the line ends if no picture follows, in 1/90000 s. */
  get end(): number {
    return this.#held === null ? this.#end : this.#held.position + this.#usual;
  }

  /**
   * Takes the next picture; one that is no later than the last comes directly behind it.
   *
   * @param position - In 1/90000 s.
   */
  push(data: Buffer, keyframe: boolean, position: number): void {
    const last = this.#held;
    const placed = last === null ? position : Math.max(position, last.position + 1);
    this.#held = { data, keyframe, position: placed };
    if (last !== null) this.#emit({ ...last, duration: placed - last.position });
  }

  /** Gives out the last picture, which lasts until `end` (1/90000 s), and at least as long as usual. */
  finish(end: number): void {
    const last = this.#held;
    this.#held = null;
    if (last === null) return;
    const duration = Math.max(this.#usual, end - last.position);
    this.#end = last.position + duration;
    this.#emit({ ...last, duration });
  }
}
