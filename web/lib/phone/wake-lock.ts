/** A lock as the browser gives it; it ends by itself whenever the page is hidden. */
export interface WakeLockLike {
  readonly released: boolean;
  release(): Promise<void>;
}

/** What {@link WakeLock} takes from the browser. */
export interface WakeLockPlatform {
  /** Asks for the lock; null where there is none to be had. */
  request(): Promise<WakeLockLike | null>;
  isHidden(): boolean;
  /** Calls `listener` when the page is hidden or shown, until the returned function is called. */
  onVisibility(listener: () => void): () => void;
}

/** Keeps the screen from going dark while nobody touches it: in a call one only looks and listens. */
export class WakeLock {
  readonly #platform: WakeLockPlatform;
  readonly #endWatch: () => void;
  #lock: WakeLockLike | null = null;
  #asking = false;
  #closed = false;

  constructor(platform: WakeLockPlatform) {
    this.#platform = platform;
    this.#endWatch = platform.onVisibility(() => void this.#hold());
    void this.#hold();
  }

  /** Lets the screen go dark again; may be called twice. */
  close(): void {
    this.#closed = true;
    this.#endWatch();
    this.#letGo();
  }

  async #hold(): Promise<void> {
    const isHeld = this.#lock !== null && !this.#lock.released;
    if (this.#closed || this.#asking || isHeld || this.#platform.isHidden()) return;
    this.#asking = true;
    try {
      this.#lock = await this.#platform.request();
    } catch {
      // A low battery refuses it. The next time the page is shown is early enough to ask again.
    } finally {
      this.#asking = false;
    }
    if (this.#isClosed()) this.#letGo();
  }

  /** Asked anew after an await. */
  #isClosed(): boolean {
    return this.#closed;
  }

  #letGo(): void {
    this.#lock?.release().catch(() => undefined);
    this.#lock = null;
  }
}
