import type { Outcome, OutputRun } from './output-run.ts';

/** Waits before another try: doubled each time, up to the longest. */
const firstWaitMs = 1000;
const longestWaitMs = 30_000;
/** Who lived so long begins with the first wait again. */
const goodLifeMs = 60_000;

/** Keeps an output going: another process follows one that ends by itself. */
export class KeptRun {
  readonly #start: (ended: (outcome: Outcome) => void) => OutputRun;
  readonly #lost: (outcome: Outcome) => void;
  #run: OutputRun | undefined;
  #timer: NodeJS.Timeout | undefined;
  #waitMs = firstWaitMs;
  #startedMs = 0;
  #finishing = false;
  #resolveDone: () => void = () => undefined;
  /** Resolves when it was finished and its process is gone. */
  readonly done: Promise<void>;

  /**
   * @param start - starts a process
   * @param lost - told of one that ended by itself
   */
  constructor(
    start: (ended: (outcome: Outcome) => void) => OutputRun,
    lost: (outcome: Outcome) => void,
  ) {
    this.#start = start;
    this.#lost = lost;
    this.done = new Promise((resolve) => {
      this.#resolveDone = resolve;
    });
    this.#next();
  }

  /** Ends it properly. */
  finish(): void {
    if (this.#finishing) return;
    this.#finishing = true;
    clearTimeout(this.#timer);
    if (this.#run === undefined) this.#resolveDone();
    else this.#run.finish();
  }

  #next(): void {
    this.#startedMs = performance.now();
    this.#run = this.#start((outcome) => {
      this.#run = undefined;
      if (this.#finishing) {
        this.#resolveDone();
        return;
      }
      this.#lost(outcome);
      if (performance.now() - this.#startedMs > goodLifeMs) this.#waitMs = firstWaitMs;
      this.#timer = setTimeout(() => {
        this.#next();
      }, this.#waitMs);
      this.#waitMs = Math.min(longestWaitMs, this.#waitMs * 2);
    });
  }
}
