import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setTimeout as sleep } from 'node:timers/promises';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of this process's JavaScript heap and its buffers that are in use, garbage collected. */
export async function heapInUse(): Promise<number> {
  // What is held by callbacks that are still to come is let go of in between.
  for (let round = 0; round < 3; round += 1) {
    await sleep(50);
    collect();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
