import { expect } from 'vitest';

/** In the environment of tests that are held to their bars in milliseconds: `npm run soak -- bars`. */
export const barsVariable = 'TEST_BARS';

/**
 * Says how long something took. How long it may take holds for a machine that has nothing else to do, so a test fails by it in
 * `npm run soak -- bars` only; everywhere else it fails if what is waited for does not come at all.
 */
export function withinBar(what: string, ms: number, barMs: number): void {
  console.log(`${what}: ${ms.toFixed(0)} ms (bar: ${barMs.toFixed(0)})`);
  if (process.env[barsVariable] !== undefined) expect(ms, what).toBeLessThanOrEqual(barMs);
}

/** What a busy machine may add to a gap, beyond what it is seen to add, in milliseconds. */
const hiccupMs = 150;

/**
 * The longest gap between pictures must be that of the quiet seconds before: at most twice as long.
 * @param machineMs - the longest hiccup of the machine itself meanwhile (`Hiccups`)
 */
export function sameGaps(
  who: string,
  longestMs: number,
  { quietMs, machineMs }: { quietMs: number; machineMs: number },
): void {
  withinBar(
    `longest gap for ${who} (the machine's: ${machineMs.toFixed(0)})`,
    longestMs,
    2 * quietMs,
  );
  expect(longestMs, `longest gap for ${who}`).toBeLessThan(2 * quietMs + machineMs + hiccupMs);
}
