/** Whether a picture of an uplink was in a composite that came so long after it was sent. */
export interface Sighting {
  /** From the uplink picture's last packet sent to the composite's first packet received, milliseconds. */
  readonly ageMs: number;
  /** Whether it, or a newer one, was to be seen. */
  readonly seen: boolean;
}

/** From this age on, this share is seen: until the next step. */
export interface Step {
  readonly ageMs: number;
  /** 0 to 1. */
  readonly share: number;
}

/**
 * The distribution of the latency without the wait for the tick.
 *
 * A picture that is ready D ms after it was sent waits for the next tick; from outside only the composite is seen, W ms
 * later, and W is anything between nothing and a tick. But every composite also tells of every picture whether it was ready:
 * one that comes A ms after a picture was sent shows that picture if, and only if, D is at most A. So the share of pictures
 * of age A that are seen is the share of D that are at most A: the distribution of D, which nobody has measured for a single
 * picture. What is observed is too noisy for single ages; a distribution cannot fall, so the best fit that does not fall
 * is taken (pool adjacent violators: the maximum likelihood estimate for current status data, Groeneboom and Wellner
 * 1992). It needs composites at all ages: uplinks whose rate is not that of the ticks.
 *
 * @param sightings - in any order
 * @returns in ascending order of age and share; empty for nothing
 */
export function readiness(sightings: readonly Sighting[]): Step[] {
  // Of one age those that are seen come first, so that they are pooled with the others.
  const sorted = [...sightings].sort(
    (a, b) => a.ageMs - b.ageMs || Number(b.seen) - Number(a.seen),
  );
  const pools: { ageMs: number; seen: number; count: number }[] = [];
  for (const { ageMs, seen } of sorted) {
    let pool = { ageMs, seen: seen ? 1 : 0, count: 1 };
    for (;;) {
      const before = pools.at(-1);
      if (before === undefined || before.seen * pool.count < pool.seen * before.count) break;
      pools.pop();
      pool = {
        ageMs: before.ageMs,
        seen: before.seen + pool.seen,
        count: before.count + pool.count,
      };
    }
    pools.push(pool);
  }
  return pools.map(({ ageMs, seen, count }) => ({ ageMs, share: seen / count }));
}

/** The least age at which at least that share is seen; the greatest there is if that is never so. NaN of nothing. */
export const ageAt = (steps: readonly Step[], share: number): number =>
  (steps.find((step) => step.share >= share) ?? steps.at(-1))?.ageMs ?? Number.NaN;

/** The mean of a distribution; what never is seen counts as seen at the last step. */
export function meanAge(steps: readonly Step[]): number {
  let [sum, before] = [0, 0];
  for (const { ageMs, share } of steps) {
    sum += ageMs * (share - before);
    before = share;
  }
  return sum + (steps.at(-1)?.ageMs ?? Number.NaN) * (1 - before);
}
