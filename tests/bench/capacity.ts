import * as z from 'zod';
import { sleep } from '../harness/until.ts';
import { atLeast, atMost, type Bar, type Benchmark, resultSchema } from './lab/benchmark.ts';
import { rounded } from './lab/statistics.ts';
import { Crowd } from '../harness/crowd.ts';
import { LabServer } from './load/lab-server.ts';
import { loadOf } from './load/quick.ts';
import { settle } from './load/settle.ts';

const rowSchema = z.strictObject({
  kind: z.enum(['one room', 'rooms of four']),
  rooms: z.int(),
  participants: z.int(),
  /** Composites made, as a share of those that were due. */
  rate: z.number(),
  /** Complete pictures a second that came to a participant: the median, and the worst 5 %. */
  received: z.strictObject({ median: z.number(), p5: z.number() }),
  /** CPU seconds per second: of all of the server, and of the busiest room process. */
  serverCores: z.number(),
  roomCores: z.number(),
});
type Row = z.infer<typeof rowSchema>;

/** See {@link capacity}. */
export const capacitySchema = resultSchema(rowSchema, {
  fps: z.number(),
  /** Who speak in each room. */
  speakers: z.int(),
});

const fps = 25;
const speakers = 1;
/** Below this share of the rate the machine is full. */
const leastRate = 0.95;
/** As many as a room takes. */
const sizes = [9, 16, 25, 36, 49];
const mostRooms = 24;

/**
 * D4.5: how many the machine holds, in one room and in rooms of four, until the composites fall under 95 % of their rate. Who
 * send and receive are on the same machine and take their share of it.
 */
export const capacity: Benchmark<z.infer<typeof capacitySchema>> = {
  name: 'capacity',
  about: 'how many participants, in one room and in rooms of four, until the rate falls',
  schema: capacitySchema,
  async run({ quick, seconds: asked, profiles }) {
    const seconds = quick ? 1 : (asked ?? 6);
    const rest = quick ? 0.5 : 4;
    const rows: Row[] = [];
    const isFull = (row: Row): boolean => row.rate < leastRate;
    for (const participants of quick ? [2] : sizes) {
      const row = await measure(
        { kind: 'one room', rooms: 1, participants },
        { quick, seconds, rest },
        profiles,
      );
      rows.push(row);
      if (isFull(row)) break;
    }
    for (let rooms = quick ? 1 : 2; rooms <= (quick ? 1 : mostRooms); rooms += rooms < 6 ? 1 : 2) {
      const where = { kind: 'rooms of four', rooms, participants: 4 * rooms } as const;
      const row = await measure(where, { quick, seconds, rest }, null);
      rows.push(row);
      if (isFull(row)) break;
    }
    return { rows, fps, speakers, bars: barsOf(rows) };
  },
};

/** A server of its own for each: what the last one left behind is not counted. */
async function measure(
  where: Pick<Row, 'kind' | 'rooms' | 'participants'>,
  { quick, seconds, rest }: { quick: boolean; seconds: number; rest: number },
  profiles: string | null,
): Promise<Row> {
  const { rooms, participants } = where;
  const { settings, crowd: kind } = loadOf(quick);
  const server = await LabServer.start(profiles, settings);
  try {
    const ramp = participants / 8;
    const crowd = new Crowd(server.url, {
      ...{ ...kind, room: 'full' },
      ...{ participants, rooms, ramp, speakers },
    });
    try {
      await settle(server, participants, rest);
      const before = await server.metricSum('onegrid_frames_composited_total');
      const started = performance.now();
      const end = server.measureCores();
      await sleep(seconds * 1000);
      const cores = end();
      const made = (await server.metricSum('onegrid_frames_composited_total')) - before;
      const due = (rooms * fps * (performance.now() - started)) / 1000;
      const report = await crowd.leave();
      return {
        ...where,
        rate: rounded(made / due),
        received: { median: report.fps.median ?? 0, p5: report.fps.p5 ?? 0 },
        serverCores: rounded(cores.server),
        roomCores: rounded(cores.room),
      };
    } catch (error) {
      await crowd.leave().catch(() => undefined);
      throw error;
    }
  } finally {
    await server.stop();
  }
}

/** B5, where a room of 25 was tried. */
function barsOf(rows: readonly Row[]): Bar[] {
  const row = rows.find(({ kind, participants }) => kind === 'one room' && participants === 25);
  if (row === undefined) return [];
  const what = '25 participants in one room, 720p25';
  return [
    atLeast({
      ...{ id: 'B5', what: `${what}: composites made`, value: row.rate * 100 },
      ...{ limit: leastRate * 100, unit: '% of the rate' },
    }),
    atMost({
      ...{ id: 'B5', what: `${what}: room process`, value: row.roomCores },
      ...{ limit: 1.5, unit: 'cores' },
    }),
  ];
}
