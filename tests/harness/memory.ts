import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setTimeout as sleep } from 'node:timers/promises';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of this process's JavaScript heap and its buffers that are in use, garbage collected. */
export async function heapInUse(): Promise<number> {
  for await (const _ of rounds(3));
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/**
 * Bytes of memory that this process has outside of the JavaScript heap: buffers, and what native code has taken.
 *
 * What the heap gives back is out of its size at once and out of the process only when another thread comes to it, on a busy
 * machine much later: until then it looks like ours. So the least of several looks.
 */
export async function nativeInUse(): Promise<number> {
  let least = Infinity;
  for await (const _ of rounds(6)) {
    const { rss, heapTotal } = process.memoryUsage();
    least = Math.min(least, rss - heapTotal);
  }
  return least;
}

/** Collects garbage some times: what is held by callbacks that are still to come is let go of in between. */
async function* rounds(count: number): AsyncGenerator<void> {
  for (let round = 0; round < count; round += 1) {
    await sleep(50);
    collect();
    yield;
  }
}
