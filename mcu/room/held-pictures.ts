interface Held<Picture> {
  readonly picture: Picture;
  readonly dueMs: number;
}

/** So many are kept: as many as come in the longest hold, and memory that nobody can make grow. */
const mostHeld = 12;

/** Pictures of one uplink on their way to its tile: the newest that is due, and those that are not due yet. */
export class HeldPictures<Picture> {
  /** In the order they came. All but the first are not due, or were not when somebody last looked. */
  #pictures: Held<Picture>[] = [];

  /** How many are kept. */
  get count(): number {
    return this.#pictures.length;
  }

  /** Takes one that has come. @param dueMs - when it is to be shown; not before the one before it */
  push(picture: Picture, dueMs: number, nowMs: number): void {
    this.#pictures.push({ picture, dueMs });
    this.newest(nowMs);
    if (this.#pictures.length > mostHeld) this.#pictures.shift();
  }

  /** The newest that is due; null before the first. The first is due when it comes. */
  newest(nowMs: number): Picture | null {
    while ((this.#pictures[1]?.dueMs ?? Infinity) <= nowMs) this.#pictures.shift();
    return this.#pictures[0]?.picture ?? null;
  }

  /** Forgets them all. */
  clear(): void {
    this.#pictures = [];
  }
}
