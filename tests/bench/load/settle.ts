import { sleep, until } from '../../harness/until.ts';
import type { LabServer } from './lab-server.ts';

/**
 * Waits until so many participants are there, and then for a while: bitrates, buffers and layouts settle.
 * @throws Error if they do not come within a minute
 */
export async function settle(server: LabServer, people: number, seconds: number): Promise<void> {
  let there = 0;
  await until(
    async () => {
      there = await server.metricSum('onegrid_participants');
      return there === people;
    },
    () => `${there} participants and not ${people}`,
  );
  await sleep(seconds * 1000);
}
