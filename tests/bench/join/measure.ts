import type * as z from 'zod';
import type * as synthetic from '../../../mcu/load/index.ts';
import { TestServer } from '../../harness/server.ts';
import { sleep, until } from '../../harness/until.ts';
import type { Load } from '../lab/in-child.ts';
import type { joinTimesSchema, JoinTask } from './task.ts';

/** By then the next spare process has loaded and warmed up; milliseconds. */
const spareMs = 4000;

/** Joins, waits for a picture, leaves, as often as asked for. */
export async function work(task: JoinTask, load: Load): Promise<z.infer<typeof joinTimesSchema>> {
  const module = await load<typeof synthetic>('mcu/load/index.js');
  const { generatedPictures, openEngine, signallingAddress, silence, SyntheticParticipant } =
    module;
  const engine = openEngine();
  const size = { width: 640, height: 360, fixed: false };
  const enter = (url: string, room: string): synthetic.SyntheticParticipant => {
    const sends = { pictures: generatedPictures(0), sound: silence };
    const participant = new SyntheticParticipant(
      {
        ...{ address: signallingAddress(url), room, name: 'Joiner', sends, size, fps: 25 },
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
        20_000,
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
    await sleep(spareMs);
    times.warm.push(await timeOf(server.url, `warm-${round}`));
  }
  const others = ['call', 'call', 'call'].map((room) => enter(server.url, room));
  await until(() => others.every(({ joinMs }) => joinMs !== null), 20_000);
  for (let round = 0; round < task.call; round += 1) {
    // Not in step with keyframes, and after the last transition.
    await sleep(1000 + 137 * (round % 7));
    times['into a call'].push(await timeOf(server.url, 'call'));
  }
  await Promise.all(others.map((each) => each.leave()));
  await server.stop();
  return times;
}
