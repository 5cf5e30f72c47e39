import * as z from 'zod';
import { sleep } from '../harness/until.ts';
import { atMost, type Benchmark, resultSchema } from './lab/benchmark.ts';
import { holdingsOf } from './lab/process-cpu.ts';
import { rounded, slopeOf } from './lab/statistics.ts';
import { Crowd } from '../harness/crowd.ts';
import { LabServer } from './load/lab-server.ts';
import { loadOf } from './load/quick.ts';
import { settle } from './load/settle.ts';

const rowSchema = z.strictObject({
  /** Since the churn began. */
  seconds: z.number(),
  /** Joins and leaves so far, as they are due. */
  changes: z.number(),
  residentMiB: z.number(),
  threads: z.int(),
  descriptors: z.int(),
});
type Row = z.infer<typeof rowSchema>;

/** See {@link churn}. */
export const churnSchema = resultSchema(rowSchema, {
  /** Who left, another joining in the place of each. */
  changes: z.int(),
  stayed: z.int(),
  /** The longest time without a complete picture for those who stayed, milliseconds. */
  gapMaxMs: z.number(),
  /** Room processes that ended before their time. */
  crashes: z.int(),
  /** Who did not get a picture. */
  missed: z.int(),
  complaints: z.array(z.string()),
  /** After the first third: growth for each who comes and goes. */
  growth: z.strictObject({
    residentKiB: z.number(),
    threads: z.number(),
    descriptors: z.number(),
  }),
});

/** Who comes stays for a second and a half. */
const perMinute = 250;

/** D4.8: people come and go, and those who stay shall not notice; nor shall the memory. */
export const churn: Benchmark<z.infer<typeof churnSchema>> = {
  name: 'churn',
  about: '500 joins and leaves: gaps for those who stay, memory, threads, handles',
  schema: churnSchema,
  async run({ quick, profiles }) {
    const changes = quick ? 6 : 500;
    const [participants, stayed] = quick ? [4, 2] : [12, 6];
    const seconds = (changes / perMinute) * 60;
    const { settings, crowd: kind } = loadOf(quick);
    const server = await LabServer.start(profiles, settings);
    try {
      const crowd = new Crowd(server.url, {
        ...{ ...kind, room: 'churn', participants, ramp: 1, speakers: 2 },
        // It counts from the end of its ramp, before everything has settled.
        ...{ churn: perMinute, duration: seconds + (quick ? 3 : 15) },
      });
      await settle(server, participants, 0);
      const { roomPid } = server;
      const rows: Row[] = [];
      const started = performance.now();
      const ended = { yet: false };
      const report = crowd.report().finally(() => (ended.yet = true));
      const sampleMs = quick ? 250 : 1000;
      while (!ended.yet) {
        const elapsed = (performance.now() - started) / 1000;
        if (elapsed <= seconds) rows.push(rowOf(roomPid, elapsed));
        await Promise.race([sleep(sampleMs), report.catch(() => null)]);
      }
      const { details, joined, participants: all } = await report;
      const late = rows.filter((row) => row.seconds >= seconds / 3);
      const growth = (value: (row: Row) => number): number =>
        late.length < 2 ? 0 : rounded(slopeOf(late.map((row) => [row.changes, value(row)])));
      const crashes = await server.metricSum('onegrid_room_process_restarts_total');
      const gapMaxMs = Math.max(...details.slice(0, stayed).map((each) => each.gapMaxMs));
      const memory = growth(({ residentMiB }) => residentMiB * 1024);
      return {
        rows,
        ...{ changes, stayed, gapMaxMs, crashes, missed: all - joined },
        complaints: [...new Set(server.complaints())],
        growth: {
          residentKiB: memory,
          threads: growth(({ threads }) => threads),
          descriptors: growth(({ descriptors }) => descriptors),
        },
        bars: [
          atMost({
            ...{ id: 'B8', what: `room processes that crashed in ${changes} joins and leaves` },
            ...{ value: crashes, limit: 0, unit: '' },
          }),
          atMost({
            ...{ id: 'B8', what: 'longest gap for those who stayed', value: gapMaxMs },
            ...{ limit: 250, unit: 'ms' },
          }),
          atMost({
            ...{ id: 'B8', what: 'growth of memory after warm-up for each who comes and goes' },
            ...{ value: memory, limit: 20, unit: 'KiB' },
          }),
        ],
      };
    } finally {
      await server.stop();
    }
  },
};

function rowOf(pid: number, seconds: number): Row {
  const { residentBytes, threads, descriptors } = holdingsOf(pid);
  return {
    seconds: rounded(seconds),
    changes: Math.floor((seconds * perMinute) / 60),
    residentMiB: rounded(residentBytes / 2 ** 20),
    ...{ threads, descriptors },
  };
}
