import type { PacketizedFrame } from '../rtp/index.ts';

/** Pictures encoded and packetized once, played in a loop by any number of participants. The first one is a keyframe. */
export interface VideoClip {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Pictures a second. */
  readonly fps: number;
  /** In order; never empty, and never written to again. */
  readonly frames: readonly PacketizedFrame[];
}

/** Sound encoded once. */
export interface SoundClip {
  /** Milliseconds of one packet. */
  readonly frameMs: number;
  /** Opus packets in order; never empty. */
  readonly packets: readonly Buffer[];
}

/** Where a loop is. */
export class ClipCursor<Item> {
  #items: readonly Item[];
  #index = 0;
  #end: number;

  /**
   * @param items - What is played; not empty.
   * @param firstLoop - So many items make the first round, so that those who start together soon differ.
   */
  constructor(items: readonly Item[], firstLoop: number = items.length) {
    this.#items = items;
    this.#end = Math.min(items.length, Math.max(1, Math.round(firstLoop)));
  }

  /** The number of the item that {@link next} gives. */
  get index(): number {
    return this.#index;
  }

  /** Plays something else, from its beginning. */
  play(items: readonly Item[]): void {
    this.#items = items;
    this.#end = items.length;
    this.#index = 0;
  }

  /** Goes back to the beginning: to the keyframe. */
  restart(): void {
    this.#index = 0;
  }

  /** The item that is due, and on to the following one. */
  next(): Item {
    const item = this.#items[this.#index];
    if (item === undefined) throw new RangeError('A clip must not be empty.');
    this.#index += 1;
    if (this.#index >= this.#end) {
      this.#index = 0;
      this.#end = this.#items.length;
    }
    return item;
  }
}
