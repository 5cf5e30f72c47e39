/**
 * Does one piece of work after the other in the background, while more are brought. The first failure ends it: what
 * waits is discarded, and whoever asks hears of it.
 */
export class WorkQueue<T> {
  readonly #limit: number;
  readonly #work: (item: T) => Promise<void>;
  readonly #discard: (item: T) => void;
  readonly #items: T[] = [];
  #running: Promise<void> | null = null;
  #failure: { readonly error: unknown } | null = null;
  #waiting: (() => void)[] = [];

  /**
   * @param limit - So many items may wait before {@link WorkQueue.room} does.
   * @param work - Owns its item from then on, also when it fails.
   * @param discard - Frees an item that is not going to be worked on.
   */
  constructor(limit: number, work: (item: T) => Promise<void>, discard: (item: T) => void) {
    this.#limit = limit;
    this.#work = work;
    this.#discard = discard;
  }

  /** Brings an item; the queue owns it from now on. */
  push(item: T): void {
    if (this.#failure !== null) {
      this.#discard(item);
      return;
    }
    this.#items.push(item);
    this.#running ??= this.#run();
  }

  /** Waits until no more items wait than the limit. Rejects with what failed. */
  room(): Promise<void> {
    return this.#until(() => this.#items.length <= this.#limit);
  }

  /** Waits until everything is done. Rejects with what failed. */
  drain(): Promise<void> {
    return this.#until(() => this.#running === null);
  }

  /** Discards what waits and waits for what is being done. Whoever waits hears `error`, and all who come later. */
  async stop(error: unknown): Promise<void> {
    this.#fail(error);
    await this.#running;
  }

  async #until(condition: () => boolean): Promise<void> {
    while (this.#failure === null && !condition()) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#failure !== null) throw this.#failure.error;
  }

  async #run(): Promise<void> {
    for (let item = this.#items.shift(); item !== undefined; item = this.#items.shift()) {
      try {
        await this.#work(item);
      } catch (error) {
        this.#fail(error);
      }
      this.#wake();
    }
    this.#running = null;
    this.#wake();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    for (const item of this.#items.splice(0)) this.#discard(item);
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
