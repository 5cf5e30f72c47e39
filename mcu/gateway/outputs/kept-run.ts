import { BackOff } from '../../back-off.ts';
import type { Outcome, OutputRun } from './output-run.ts';

/** Who lived so long begins with the first wait again. */
const goodLifeMs = 60_000;

/** Keeps an output going: another process follows one that ends by itself. */
export class KeptRun {
  readonly #start: (ended: (outcome: Outcome) => void) => OutputRun;
  readonly #lost: (outcome: Outcome) => void;
  #run: OutputRun | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #backOff = new BackOff(goodLifeMs);
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
      const waitMs = this.#backOff.next(performance.now() - this.#startedMs);
      this.#timer = setTimeout(() => {
        this.#next();
      }, waitMs);
    });
  }
}
