/** A map that holds so many entries at most: the least recently used goes first. */
export class Bounded<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #capacity: number;

  /** @param capacity - entries, at least 1 */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** The value of a key, which now is the most recently used. */
  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  /** Keeps a value as the most recently used. */
  set(key: K, value: V): void {
    this.#entries.delete(key);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= this.#capacity && oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(key, value);
  }

  /** Lets go of every value that is not wanted any more. */
  keepIf(isWanted: (value: V) => boolean): void {
    for (const [key, value] of this.#entries) if (!isWanted(value)) this.#entries.delete(key);
  }
}
