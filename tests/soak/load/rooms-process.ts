import nodeDataChannel from 'node-datachannel';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type * as synthetic from '../../../mcu/load/index.ts';
import type { Load } from '../../bench/lab/in-child.ts';
import { until } from '../../harness/until.ts';

/** What is done; times are seconds. */
export interface OverloadTask {
  readonly url: string;
  readonly participantsPerRoom: number;
  /** So long the first room is alone, and measured. */
  readonly alone: number;
  /** Between one room more and the next. */
  readonly every: number;
  /** So long all are measured once a room was refused. */
  readonly hold: number;
  /** From the end of the load to the look at the first room, the measurement included. */
  readonly rest: number;
  readonly mostRooms: number;
}

/** What came of it. */
export const overloadSchema = z.strictObject({
  /** Rooms that were let in, the first included. */
  rooms: z.int(),
  /** What the one room more was told; null where none was refused. */
  refusal: z.string().nullable(),
  /** What `/readyz` said then. */
  readyz: z.int(),
  /** Complete composites a second and participant: of the first room alone; of it, and of the room that got fewest, under load. */
  alone: z.number(),
  underLoad: z.number(),
  worst: z.number(),
  /** Composites that a room made a second under load, in the mean: what did not come of them was lost on the way. */
  made: z.number(),
  /** Of the first room, when the load had gone for a while, and the rungs its participants got then. */
  after: z.number(),
  rungs: z.array(z.string()),
});
/** See {@link overloadSchema}. */
export type Overload = z.infer<typeof overloadSchema>;

const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('joined') }),
  z.object({ type: z.literal('error'), code: z.string(), fatal: z.boolean() }),
  z.object({ type: z.literal('quality'), rung: z.string() }),
]);

/** One synthetic participant. */
interface Someone {
  state: 'new' | 'joined' | 'refused';
  code: string | null;
  rung: string;
  /** When composites were complete, milliseconds. */
  readonly frames: number[];
  leave(): Promise<void>;
}

const size = { width: 640, height: 360, fixed: false };

/** Composites made so far. */
async function composites(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^onegrid_frames_composited_total (\S+)$/m.exec(text)?.[1] ?? 0);
}

/** Adds rooms until one is refused, and measures what those get that were let in. */
export async function work(task: OverloadTask, load: Load): Promise<Overload> {
  nodeDataChannel.initLogger('Fatal', () => undefined);
  const module = await load<typeof synthetic>('mcu/load/index.js');
  const { generatedPictures, openEngine, silence, SyntheticParticipant, voice } = module;
  const engine = openEngine();
  const address = `${task.url.replace('http', 'ws')}/ws`;
  const rooms: Someone[][] = [];

  const enter = (room: string, index: number): Someone => {
    const someone: Someone = {
      state: 'new',
      code: null,
      rung: '',
      frames: [],
      leave: () => participant.leave(),
    };
    const participant = new SyntheticParticipant(
      {
        ...{ address, room, name: `Load ${index + 1}`, fps: 25, codec: 'h264', size },
        sends: { pictures: generatedPictures(index), sound: index === 0 ? voice(120) : silence },
        loss: { downlink: 0, uplink: 0 },
      },
      engine,
      {
        frame: ({ completeMs }) => someone.frames.push(completeMs),
        message: (message) => {
          const { data } = messageSchema.safeParse(message);
          if (data?.type === 'joined') someone.state = 'joined';
          if (data?.type === 'quality') someone.rung = data.rung;
          if (data?.type !== 'error' || !data.fatal) return;
          someone.state = 'refused';
          someone.code = data.code;
        },
      },
    );
    participant.join();
    return someone;
  };

  /** @returns what it was told where it was refused */
  const open = async (): Promise<string | null> => {
    const name = `overload-${rooms.length + 1}`;
    const first = enter(name, 0);
    await until(() => first.state !== 'new');
    if (first.state === 'refused') return first.code;
    const others = Array.from({ length: task.participantsPerRoom - 1 }, (_, index) =>
      enter(name, index + 1),
    );
    await until(() => others.every(({ state }) => state !== 'new'));
    // Of a room that was opened some may be refused, which is no refusal of the room.
    rooms.push([first, ...others.filter(({ state }) => state === 'joined')]);
    return null;
  };

  /** Composites a second of each participant of a room, in the mean, from now on. */
  const measure = async (measured: Someone[][], seconds: number): Promise<number[]> => {
    const fromMs = engine.now();
    await sleep(seconds * 1000);
    const elapsed = (engine.now() - fromMs) / 1000;
    return measured.map((room) => {
      const counts = room.map(({ frames }) => frames.filter((at) => at >= fromMs).length);
      return counts.reduce((sum, count) => sum + count, 0) / room.length / elapsed;
    });
  };

  const everybodySees = (room: Someone[]): Promise<void> =>
    until(() => room.every(({ frames }) => frames.length > 0));

  // Clips are encoded before anybody is measured.
  for (let index = 0; index < task.participantsPerRoom; index++) {
    const options = { width: size.width, height: size.height, fps: 25, bitsPerSecond: 500_000 };
    await engine.library.video(generatedPictures(index), options);
  }
  try {
    if ((await open()) !== null) throw new Error('The first room was refused.');
    const [steady = []] = rooms;
    await everybodySees(steady);
    await sleep(Math.min(4, task.alone) * 1000);
    const [alone = 0] = await measure([steady], task.alone);

    let refusal: string | null = null;
    while (refusal === null && rooms.length < task.mostRooms) {
      refusal = await open();
      if (refusal === null) await sleep(task.every * 1000);
    }
    const readyz = (await fetch(`${task.url}/readyz`)).status;
    const before = await composites(task.url);
    const rates = await measure(rooms, task.hold);
    const made = ((await composites(task.url)) - before) / rooms.length / task.hold;

    const others = rooms.slice(1).flat();
    await Promise.all(others.map((someone) => someone.leave()));
    const lookSeconds = Math.min(5, task.rest / 2);
    await sleep((task.rest - lookSeconds) * 1000);
    const [after = 0] = await measure([steady], lookSeconds);
    return {
      rooms: rooms.length,
      refusal,
      readyz,
      alone,
      underLoad: rates[0] ?? 0,
      worst: Math.min(...rates),
      made,
      after,
      rungs: steady.map(({ rung }) => rung),
    };
  } finally {
    await Promise.all(rooms.flat().map((someone) => someone.leave()));
  }
}
