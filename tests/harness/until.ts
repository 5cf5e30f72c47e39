import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

/**
 * How long to wait for what has to come, where nothing is said of how fast: a guard against hanging, not a bar. Many times
 * what a slow machine takes that has a dozen other things to do. A test may take ten times as long (vitest.config.ts).
 */
export const patienceMs = 60_000;

/** Between one look and the next: often at first, seldom where it takes long, for to look is work, too. */
const looks = { firstMs: 20, growth: 1.2, lastMs: 250 };

/**
 * Waits until something is true.
 * @param describe - says what was seen instead, for the error
 * @param timeoutMs - only where being late is what would be wrong
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  describe: () => string | Promise<string> = () => 'it did not become true',
  timeoutMs = patienceMs,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (let pause = looks.firstMs; !(await condition()); pause *= looks.growth) {
    if (performance.now() > deadline) {
      throw new Error(`after ${String(timeoutMs)} ms: ${await describe()}`);
    }
    await sleep(Math.min(pause, looks.lastMs));
  }
}

/** Waits until a count is the same twice, 0.3 s apart: what was still on its way has come. */
export async function settled(count: () => Promise<number>): Promise<void> {
  let seen = Number.NaN;
  await until(async () => {
    const last = seen;
    seen = await count();
    await sleep(300);
    return seen === last;
  });
}
