import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** How often the loop is looked at; milliseconds. */
const resolutionMs = 20;

/** How late this process's event loop is. */
export class LoopWatch {
  readonly #delays: IntervalHistogram = monitorEventLoopDelay({ resolution: resolutionMs });

  constructor() {
    this.#delays.enable();
  }

  /** The longest delay since the last call, in seconds. */
  take(): number {
    // What is measured is the time between two looks.
    const late = this.#delays.max / 1e9 - resolutionMs / 1000;
    this.#delays.reset();
    return Math.max(0, late);
  }
}
