import { type NetworkReading, type NetworkSample, readingOf } from './network-reading.ts';
import type { Platform } from './platform.ts';

/** How often the browser is asked, milliseconds. */
const lookMs = 2000;
/** The first time sooner: somebody waits for it. */
const firstMs = 500;

/**
 * Calls `listener` about every two seconds with how the network is, until the returned function is called. Asks the browser
 * only meanwhile.
 * @param sample - the counters as they are now
 */
export function meterNetwork(
  platform: Pick<Platform, 'after'>,
  sample: () => Promise<NetworkSample>,
  listener: (reading: NetworkReading) => void,
): () => void {
  let running = true;
  let cancel = (): void => undefined;
  let before: NetworkSample = { uplink: null, downlink: null };

  const look = async (nextMs: number): Promise<void> => {
    const now = await sample();
    if (!running) return;
    listener(readingOf(before, now));
    before = now;
    cancel = platform.after(nextMs, () => void look(lookMs));
  };
  void look(firstMs);
  return () => {
    running = false;
    cancel();
  };
}
