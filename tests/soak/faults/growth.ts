import { slopeOf } from '../../bench/lab/statistics.ts';

/** Memory at a moment. */
export type MemorySample = readonly [minute: number, mebibytes: number];

/** Growth of memory after a first part of the time, in which caches and pools fill; MiB a minute. 0 of too few samples. */
export function growthOf(samples: readonly MemorySample[], warmUp: number): number {
  const end = samples.at(-1)?.[0] ?? 0;
  const settled = samples.filter(([minute]) => minute >= end * warmUp);
  return settled.length < 2 ? 0 : slopeOf(settled);
}
