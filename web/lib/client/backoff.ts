const firstDelayMs = 300;
const longestDelayMs = 3000;

/**
 * How long to wait before try number `attempt` (from 0), in milliseconds: doubling from 300 to 3000,
 * the upper half of it random, so that the people of a restarted server do not come back all at once.
 *
 * @param random a number in [0, 1)
 */
export function backoffDelayMs(attempt: number, random: number): number {
  const full = Math.min(longestDelayMs, firstDelayMs * 2 ** attempt);
  return Math.round(full / 2 + (full / 2) * random);
}
