import type * as z from 'zod';
import type {
  generatedPictures,
  openEngine,
  signallingAddress,
  silence,
  SyntheticParticipant,
} from '../../../mcu/load/index.ts';
import { TestServer } from '../../harness/server.ts';
import { sleep, until } from '../../harness/until.ts';
import type { Load } from '../lab/in-child.ts';
import type { joinTimesSchema, JoinTask } from './task.ts';

/** What is used of `onegrid load`. */
interface Synthetic {
  readonly generatedPictures: typeof generatedPictures;
  readonly openEngine: typeof openEngine;
  readonly signallingAddress: typeof signallingAddress;
  readonly silence: typeof silence;
  readonly SyntheticParticipant: typeof SyntheticParticipant;
}

/** Joins, waits for a picture, leaves, as often as asked for. */
export async function work(task: JoinTask, load: Load): Promise<z.infer<typeof joinTimesSchema>> {
  const synthetic = await load<Synthetic>('mcu/load/index.js');
  const engine = synthetic.openEngine();
  const size = { width: 640, height: 360, fixed: false };
  const enter = (url: string, room: string): SyntheticParticipant => {
    const sends = { pictures: synthetic.generatedPictures(0), sound: synthetic.silence };
    const participant = new synthetic.SyntheticParticipant(
      {
        ...{
          address: synthetic.signallingAddress(url),
          room,
          name: 'Joiner',
          sends,
          size,
          fps: 25,
        },
        ...{ codec: 'h264', loss: { downlink: 0, uplink: 0 } },
      },
      engine,
    );
    participant.join();
    return participant;
  };
  const timeOf = async (url: string, room: string): Promise<number> => {
    const participant = enter(url, room);
    try {
      const reasons = (): string => JSON.stringify(participant.errors);
      await until(
        () => participant.joinMs !== null,
        () => `no picture: ${reasons()}`,
      );
      return participant.joinMs ?? Number.NaN;
    } finally {
      await participant.leave();
    }
  };
  const startServer = (): Promise<TestServer> => TestServer.start({ ONEGRID_LOG_LEVEL: 'info' });

  // Once for nothing: the clips are encoded, and this process' code is warm.
  let server = await startServer();
  await timeOf(server.url, 'first');
  await server.stop();

  const times: z.infer<typeof joinTimesSchema> = { cold: [], warm: [], 'into a call': [] };
  for (let round = 0; round < task.cold; round += 1) {
    server = await startServer();
    times.cold.push(await timeOf(server.url, 'cold'));
    await server.stop();
  }
  server = await startServer();
  for (let round = 0; round < task.warm; round += 1) {
    await sleep(task.spareMs);
    times.warm.push(await timeOf(server.url, `warm-${round}`));
  }
  const others = ['call', 'call', 'call'].map((room) => enter(server.url, room));
  await until(() => others.every(({ joinMs }) => joinMs !== null));
  for (let round = 0; round < task.call; round += 1) {
    // Not in step with keyframes, and after the last transition.
    await sleep(1000 + 137 * (round % 7));
    times['into a call'].push(await timeOf(server.url, 'call'));
  }
  await Promise.all(others.map((each) => each.leave()));
  await server.stop();
  return times;
}
