/** Lets work be done until the first of it fails: what failed is told once, and nothing is tried any more. */
export class Fuse {
  readonly #blown: (error: unknown) => void;
  #failure: { readonly error: unknown } | null = null;

  /** @param blown - Told of the failure. */
  constructor(blown: (error: unknown) => void) {
    this.#blown = blown;
  }

  /** Whether something has failed. */
  get isBlown(): boolean {
    return this.#failure !== null;
  }

  /** What has failed first; null for nothing. */
  get error(): unknown {
    return this.#failure?.error ?? null;
  }

  /** Does something, unless something has failed. */
  attempt(work: () => void): void {
    if (this.#failure !== null) return;
    try {
      work();
    } catch (error) {
      this.blow(error);
    }
  }

  /** Something has failed elsewhere. */
  blow(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = { error };
    this.#blown(error);
  }
}
