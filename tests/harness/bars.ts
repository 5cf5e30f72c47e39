import { expect } from 'vitest';

/** In the environment of tests that are held to their bars in milliseconds: `npm run soak -- bars`. */
export const barsVariable = 'ONEGRID_TEST_BARS';

/**
 * Says how long somebody waited for something. How long that may be holds for a machine that has nothing else to do, so a test
 * fails by it in `npm run soak -- bars` only; everywhere else it fails if what is waited for does not come at all.
 */
export function withinBar(what: string, ms: number, barMs: number): void {
  console.log(`${what} after ${ms.toFixed(0)} ms (bar: ${String(barMs)})`);
  if (process.env[barsVariable] !== undefined) expect(ms, what).toBeLessThan(barMs);
}
