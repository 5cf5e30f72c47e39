import * as z from 'zod';
import { SignallingClient } from '../harness/client.ts';
import { sleep } from '../harness/until.ts';
import { atMost, type Benchmark, resultSchema } from './lab/benchmark.ts';
import { rounded, slopeOf, spreadOf, spreadSchema } from './lab/statistics.ts';
import { Crowd, type CrowdOptions } from '../harness/crowd.ts';
import { LabServer } from './load/lab-server.ts';
import { loadOf } from './load/quick.ts';
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
const base = { room, participants: 4, speakers: 1 };

/** D4.4: what one more of something costs the room process. */
export const slopes: Benchmark<z.infer<typeof slopesSchema>> = {
  name: 'slopes',
  about: 'CPU of one more listener, silent participant, speaker, rung',
  schema: slopesSchema,
  async run({ quick, seconds: asked, profiles }) {
    const seconds = quick ? 0.5 : (asked ?? 6);
    // What browsers are asked for follows a smaller tile after 10 s.
    const rest = quick ? 0.3 : 11;
    const rounds = quick ? 1 : 2;
    const listeners = quick ? 2 : 20;
    const { settings, crowd } = loadOf(quick);
    const server = await LabServer.start(profiles, {
      ...settings,
      // Who only arranges the picture has no media.
      ONEGRID_MEDIA_TIMEOUT_MS: '600000',
    });
    try {
      /** CPU of the room process while `people` are there. */
      const measure = async (people: number): Promise<number> => {
        await settle(server, people, rest);
        const end = server.measureCores();
        await sleep(seconds * 1000);
        return end().room;
      };
      const rungs = quick ? ['low'] : ['medium', 'low', 'tiny'];
      const rows = [
        ...(await listenerCosts(server, crowd, measure, listeners, rungs, rounds)),
        ...(await participantSlopes(server, crowd, measure, quick ? [1, 2] : [2, 8], rounds)),
      ];
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

/**
 * Four people alone, with many listeners, and with one for each rung who alone watches it; in turn. One of the four is all that
 * is shown: in a grid every listener would have a tile, and those of the four would shrink, with what they send.
 */
async function listenerCosts(
  server: LabServer,
  kind: CrowdOptions,
  measure: Measure,
  count: number,
  rungs: readonly string[],
  rounds: number,
): Promise<Row[]> {
  const four = new Crowd(server.url, { ...kind, ...base });
  await settle(server, base.participants, 0);
  const arranger = await SignallingClient.join(server.url, room, 'Arranger');
  const { participants } = await arranger.next('joined');
  const pinned = participants.find(({ id }) => id !== arranger.id)?.id ?? null;
  arranger.send({ type: 'layout', mode: 'single', pinned });
  const listeners: number[] = [];
  const costs = new Map(rungs.map((rung) => [rung, [] as number[]]));
  try {
    for (let round = 0; round < rounds; round += 1) {
      const alone = await measure(5);
      const many = new Crowd(server.url, {
        room,
        participants: 0,
        listeners: count,
        ramp: count / 10,
      });
      try {
        listeners.push(((await measure(5 + count)) - alone) / count);
      } finally {
        await many.leave();
      }
      for (const [rung, own] of costs) {
        const one = new Crowd(server.url, { room, participants: 0, listeners: 1, quality: rung });
        try {
          const withIt = await measure(6);
          if (await isOpen(server, rung)) own.push(withIt - alone);
          else costs.delete(rung);
        } finally {
          await one.leave();
        }
      }
    }
  } finally {
    await arranger.close();
    await four.leave();
    await settle(server, 0, 0);
  }
  const what = `one of ${count} listeners on a rung that others watch`;
  return [
    { outcome: 'measured', kind: 'listener', what, cores: spreadOf(listeners) },
    ...rungs.map((rung): Row => {
      const of = { kind: 'rung', what: `one listener who alone watches \`${rung}\`` } as const;
      const own = costs.get(rung);
      return own === undefined
        ? { outcome: 'void', ...of, why: 'the server did not open that rung' }
        : { outcome: 'measured', ...of, cores: spreadOf(own) };
    }),
  ];
}

async function isOpen(server: LabServer, rung: string): Promise<boolean> {
  const encoders = await server.metric('onegrid_video_encoders');
  return [...encoders].some(([labels, open]) => labels.includes(`rung="${rung}"`) && open > 0);
}

/** Rooms of several sizes where nobody speaks, and the largest of them where all do. */
async function participantSlopes(
  server: LabServer,
  kind: CrowdOptions,
  measure: Measure,
  counts: readonly number[],
  rounds: number,
): Promise<Row[]> {
  const most = Math.max(...counts);
  const of = async (participants: number, speakers: number): Promise<number> => {
    const crowd = new Crowd(server.url, { ...kind, room, participants, speakers });
    try {
      return await measure(participants);
    } finally {
      await crowd.leave();
    }
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
