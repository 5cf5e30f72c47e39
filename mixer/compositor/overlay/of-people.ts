import { Bounded } from './bounded.ts';

interface Entry<V> {
  readonly value: V;
  readonly names: readonly string[];
}

/** What was drawn or found for people by their names: a bounded number, and nothing for those who have gone. */
export class OfPeople<V> {
  readonly #entries: Bounded<string, Entry<V>>;

  /** @param capacity - entries, at least 1; the least recently used goes first */
  constructor(capacity: number) {
    this.#entries = new Bounded(capacity);
  }

  /** How many there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** The value of a key, which now is the most recently used. */
  get(key: string): V | undefined {
    return this.#entries.get(key)?.value;
  }

  /**
   * Keeps a value as the most recently used.
   *
   * @param key - tells it from all others
   * @param value - what is kept
   * @param names - whose it is; of nobody if empty
   */
  set(key: string, value: V, names: readonly string[]): void {
    this.#entries.set(key, { value, names });
  }

  /** Lets go of what is of anybody else than these; what is of nobody stays. */
  keepOnly(names: ReadonlySet<string>): void {
    this.#entries.keepIf((entry) => entry.names.every((name) => names.has(name)));
  }
}
