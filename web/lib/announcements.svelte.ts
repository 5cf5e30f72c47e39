/** How long what was said stays in the page, milliseconds: long enough for any screen reader to have read it. */
const keptMs = 10_000;

/** One thing said. */
interface Announcement {
  readonly id: number;
  readonly sentence: string;
}

/**
 * What is said to screen readers while they have nothing more urgent to say, one after the other: the same sentence twice is said
 * twice, and two at once are both said.
 */
export class Announcements {
  #said: readonly Announcement[] = $state.raw([]);
  #count = 0;

  /** What was said lately, in its order. */
  get said(): readonly Announcement[] {
    return this.#said;
  }

  /** Says it. */
  say(sentence: string): void {
    this.#count += 1;
    const announcement = { id: this.#count, sentence };
    this.#said = [...this.#said, announcement];
    setTimeout(() => {
      this.#said = this.#said.filter((each) => each !== announcement);
    }, keptMs);
  }
}
