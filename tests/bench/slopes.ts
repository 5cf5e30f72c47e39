import * as z from 'zod';
import { sleep } from '../harness/until.ts';
import { atMost, type Benchmark, resultSchema } from './lab/benchmark.ts';
import { rounded, slopeOf, spreadOf, spreadSchema } from './lab/statistics.ts';
import { Crowd, type CrowdOptions } from './load/crowd.ts';
import { LabServer } from './load/lab-server.ts';
import { settle } from './load/settle.ts';

const kinds = ['listener', 'silent participant', 'speaking', 'rung'] as const;

const rowSchema = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('measured'),
    kind: z.enum(kinds),
    /** What was added. */
    what: z.string(),
    /** CPU of the room process, seconds per second, for one more of it. */
    cores: spreadSchema,
  }),
  z.strictObject({
    outcome: z.literal('void'),
    kind: z.enum(kinds),
    what: z.string(),
    why: z.string(),
  }),
]);
type Row = z.infer<typeof rowSchema>;

/** See {@link slopes}. */
export const slopesSchema = resultSchema(rowSchema, {
  /** How many listeners the slope is over. */
  listeners: z.int(),
});

const room = 'slopes';
const base: CrowdOptions = { room, participants: 4, speakers: 1 };

/** D4.4: what one more of something costs the room process. */
export const slopes: Benchmark<z.infer<typeof slopesSchema>> = {
  name: 'slopes',
  about: 'CPU of one more listener, silent participant, speaker, rung',
  schema: slopesSchema,
  async run({ quick, seconds: asked, profiles }) {
    const seconds = quick ? 1 : (asked ?? 8);
    const rest = quick ? 1 : 5;
    const rounds = quick ? 1 : 2;
    const listeners = quick ? 2 : 20;
    const server = await LabServer.start(profiles);
    try {
      /** CPU of the room process while `people` are there. */
      const measure = async (people: number): Promise<number> => {
        await settle(server, people, rest);
        const end = server.measureCores();
        await sleep(seconds * 1000);
        return end().room;
      };
      const rows: Row[] = [];
      rows.push(await listenerSlope(server, measure, listeners, rounds));
      const rungs = quick ? ['low'] : ['medium', 'low', 'tiny'];
      for (const rung of rungs) rows.push(await rungCost(server, measure, rung, rounds));
      const counts = quick ? [1, 2] : [2, 4, 8];
      rows.push(...(await participantSlopes(server, measure, counts, rounds)));
      const listener = rows.find(({ kind }) => kind === 'listener');
      return {
        rows,
        listeners,
        bars:
          listener?.outcome === 'measured'
            ? [
                atMost({
                  id: 'B4',
                  what: `one more listener on an existing rung (over ${listeners})`,
                  value: listener.cores.median * 100,
                  limit: 0.5,
                  unit: '% of a core',
                }),
              ]
            : [],
      };
    } finally {
      await server.stop();
    }
  },
};

type Measure = (people: number) => Promise<number>;

/** Four people, with and without listeners, in turn. */
async function listenerSlope(
  server: LabServer,
  measure: Measure,
  count: number,
  rounds: number,
): Promise<Row> {
  const four = new Crowd(server.url, base);
  const costs: number[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      const without = await measure(4);
      const more = new Crowd(server.url, { room, participants: 0, listeners: count, ramp: 2 });
      const withThem = await measure(4 + count).finally(() => more.leave());
      costs.push((withThem - without) / count);
    }
  } finally {
    await four.leave();
  }
  const what = `one of ${count} listeners on a rung that others watch`;
  return { outcome: 'measured', kind: 'listener', what, cores: spreadOf(costs) };
}

/** Four people, with and without one listener who alone watches a rung, in turn. */
async function rungCost(
  server: LabServer,
  measure: Measure,
  rung: string,
  rounds: number,
): Promise<Row> {
  const what = `one listener who alone watches \`${rung}\``;
  const four = new Crowd(server.url, base);
  const costs: number[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      const without = await measure(4);
      const options = { room, participants: 0, listeners: 1, quality: rung };
      const one = new Crowd(server.url, options);
      try {
        const withIt = await measure(5);
        const encoders = await server.metric('onegrid_video_encoders');
        const runs = [...encoders].some(
          ([labels, count]) => labels.includes(`rung="${rung}"`) && count > 0,
        );
        if (!runs) {
          return { outcome: 'void', kind: 'rung', what, why: 'the server did not open that rung' };
        }
        costs.push(withIt - without);
      } finally {
        await one.leave();
      }
    }
  } finally {
    await four.leave();
  }
  return { outcome: 'measured', kind: 'rung', what, cores: spreadOf(costs) };
}

/** Rooms of several sizes where nobody speaks, and the largest of them where all do. */
async function participantSlopes(
  server: LabServer,
  measure: Measure,
  counts: readonly number[],
  rounds: number,
): Promise<Row[]> {
  const most = Math.max(...counts);
  const of = async (participants: number, speakers: number): Promise<number> => {
    const crowd = new Crowd(server.url, { room, participants, speakers });
    return measure(participants).finally(() => crowd.leave());
  };
  const silent: number[] = [];
  const speaking: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const points: [number, number][] = [];
    for (const count of counts) points.push([count, await of(count, 0)]);
    silent.push(rounded(slopeOf(points)));
    speaking.push(((await of(most, most)) - (points.at(-1)?.[1] ?? 0)) / most);
  }
  const sizes = counts.join(', ');
  return [
    {
      ...{ outcome: 'measured', kind: 'silent participant' },
      ...{ what: `one more who sends video and silence (rooms of ${sizes})` },
      cores: spreadOf(silent),
    },
    {
      ...{ outcome: 'measured', kind: 'speaking' },
      ...{ what: `one of ${most} who begins to speak` },
      cores: spreadOf(speaking),
    },
  ];
}
