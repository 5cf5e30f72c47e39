/** So long, in milliseconds, things may keep the event loop before pictures and sound have their turn. */
const shareMs = 4;

/** What is not the same everywhere. */
interface Surroundings {
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Runs something in the next turn of the event loop. */
  readonly later: (action: () => void) => void;
}

/**
 * Does things one after the other, with a turn of the event loop between them whenever they have taken a few milliseconds: a call
 * into libwebrtc waits for its threads, and several in a row would keep a picture that is ready from its receivers.
 */
export class Turns<Thing> {
  readonly #work: (thing: Thing) => void;
  readonly #surroundings: Surroundings;
  readonly #waiting: Thing[] = [];
  #isComing = false;

  /** @param work - what is done with each; must not throw */
  constructor(
    work: (thing: Thing) => void,
    surroundings: Surroundings = { now: () => performance.now(), later: setImmediate },
  ) {
    this.#work = work;
    this.#surroundings = surroundings;
  }

  /** Whether all is done. */
  get isIdle(): boolean {
    return this.#waiting.length === 0;
  }

  /** Has something done, behind all that waits, and not at once. */
  add(thing: Thing): void {
    this.#waiting.push(thing);
    this.#come();
  }

  #come(): void {
    if (this.#isComing) return;
    this.#isComing = true;
    this.#surroundings.later(() => {
      this.#isComing = false;
      this.#take();
    });
  }

  #take(): void {
    const { now } = this.#surroundings;
    const endMs = now() + shareMs;
    let done = 0;
    do {
      const thing = this.#waiting[done];
      if (thing === undefined) break;
      done += 1;
      this.#work(thing);
    } while (now() < endMs);
    this.#waiting.splice(0, done);
    if (!this.isIdle) this.#come();
  }
}
