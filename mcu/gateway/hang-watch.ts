/**
 * A room process that tells nothing between so many checks hangs. Checks are counted, not time: when the gateway itself stood
 * still, one check comes before what the process told meanwhile.
 */
const checks = 4;
const checkMs = 2500;

/** Notices that a room process, which tells its metrics twice a second, tells nothing any more. */
export class HangWatch {
  /** Looks at it since it last told something. */
  #silent = 0;
  readonly #timer: NodeJS.Timeout;

  /** @param hangs - called when it does */
  constructor(hangs: () => void) {
    this.#timer = setInterval(() => {
      this.#silent += 1;
      if (this.#silent <= checks) return;
      this.#silent = 0;
      hangs();
    }, checkMs);
  }

  /** The process has told something, or is a new one. */
  heard(): void {
    this.#silent = 0;
  }

  /** Looks no more. */
  close(): void {
    clearInterval(this.#timer);
  }
}
