import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

/**
 * Waits until something is true.
 * @param describe - says what was seen instead, for the error
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  describe: () => string | Promise<string> = () => 'it did not become true',
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) {
      throw new Error(`after ${String(timeoutMs)} ms: ${await describe()}`);
    }
    await sleep(50);
  }
}
