import { rungNames } from '../../mixer/encode/rung-table.ts';
import type { RungName } from '../protocol/common.ts';
import type { PathMetrics } from '../path-metrics.ts';
import type { LinkState } from './link-state.ts';

/** How often a path is sampled. */
const sampleMs = 5000;

/** Somebody who may receive. */
export interface Receiver {
  /** What they are sent, and by what path; null: nothing. */
  readonly receiving: { readonly rung: RungName; readonly link: LinkState } | null;
}

/** Counts who receives what, and samples their paths. */
export class PathReport {
  readonly #metrics: PathMetrics;
  #sampleAtMs = 0;

  constructor(metrics: PathMetrics) {
    this.#metrics = metrics;
  }

  /** Takes a look; call it about twice a second. */
  look(people: Iterable<Receiver>, nowMs: number): void {
    const isDue = nowMs >= this.#sampleAtMs;
    if (isDue) this.#sampleAtMs = nowMs + sampleMs;
    const counts = new Map<RungName, number>(rungNames.map((rung) => [rung, 0]));
    for (const { receiving } of people) {
      if (receiving === null) continue;
      const { rung, link } = receiving;
      counts.set(rung, (counts.get(rung) ?? 0) + 1);
      if (isDue) this.#sample(link);
    }
    for (const [rung, count] of counts) this.#metrics.receivers.set({ rung }, count);
  }

  #sample({ acknowledgedBitsPerSecond, bitsPerSecond, lossFraction, rttMs }: LinkState): void {
    // Before any feedback all of it is a guess.
    if (acknowledgedBitsPerSecond === null) return;
    this.#metrics.estimate.observe(bitsPerSecond);
    this.#metrics.loss.observe(lossFraction);
    if (rttMs !== null) this.#metrics.roundTrip.observe(rttMs / 1000);
  }
}
