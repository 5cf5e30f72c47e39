import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { Crowd } from '../harness/crowd.ts';
import { ask, record, stop } from '../harness/recordings.ts';
import { sleep, until } from '../harness/until.ts';
import { atLeast, atMost, type Benchmark, resultSchema } from './lab/benchmark.ts';
import { rounded, spreadOf, spreadSchema } from './lab/statistics.ts';
import { LabServer } from './load/lab-server.ts';
import { loadOf } from './load/quick.ts';
import { settle } from './load/settle.ts';
import { hlsClients, hlsReportSchema } from './recording/hls-clients.ts';

const rowSchema = z.strictObject({
  /** What was done besides the call. */
  what: z.enum(['a recording', 'a recording with tracks', 'HLS', 'HLS and its clients']),
  /** CPU of all processes of the server, seconds per second, without it and with it, in turn. */
  without: spreadSchema,
  with: spreadSchema,
  /** The median of the differences between a window with it and the mean of those before and after. */
  cores: z.number(),
  /** Video encoders without it and with it. */
  encoders: z.strictObject({ without: z.int(), with: z.int() }),
  /** Composites a second, with it against without it. */
  rate: z.number(),
});
type Row = z.infer<typeof rowSchema>;

/** See {@link recording}. */
export const recordingSchema = resultSchema(rowSchema, {
  participants: z.int(),
  /** What the clients of HLS got. */
  hls: hlsReportSchema,
});

const room = 'recording';
const participants = 4;

/** What recording and HLS cost on top of a call in which somebody watches `high`. */
export const recording: Benchmark<z.infer<typeof recordingSchema>> = {
  name: 'recording',
  about: 'what a recording, HLS and a hundred who watch it add to a call',
  schema: recordingSchema,
  async run({ quick, seconds: asked, profiles }) {
    const seconds = quick ? 1 : (asked ?? 15);
    const rounds = quick ? 1 : 3;
    // A recording costs less than one window differs from another by chance.
    const recordingRounds = quick ? 1 : 10;
    const clients = quick ? 5 : 100;
    const data = mkdtempSync(join(tmpdir(), 'onegrid-bench-'));
    const { settings, crowd: kind } = loadOf(quick);
    const server = await LabServer.start(profiles, {
      ...settings,
      ONEGRID_DATA_DIR: data,
      ONEGRID_MIN_FREE_BYTES: '0',
    });
    const crowd = new Crowd(server.url, { ...kind, room, participants, speakers: 1 });
    try {
      await settle(server, participants, quick ? 1 : 12);
      const measure = (
        what: Row['what'],
        start: () => Promise<() => Promise<unknown>>,
        times = rounds,
      ) => compare(server, what, { rounds: times, seconds, rest: quick ? 0.5 : 3 }, start);
      const startRecording = async (): Promise<() => Promise<unknown>> => {
        const { id } = await record(server, room);
        return () => stop(server, id);
      };
      const rows = [await measure('a recording', startRecording, recordingRounds)];
      if (!quick) {
        rows.push(
          await measure('a recording with tracks', async () => {
            const { id } = await record(server, room, { tracks: true });
            return () => stop(server, id);
          }),
          await measure('HLS', () => startHls(server)),
        );
      }
      let report: z.infer<typeof hlsReportSchema> | undefined;
      rows.push(
        await measure('HLS and its clients', async () => {
          const endHls = await startHls(server);
          const end = hlsClients(`${server.url}/hls/${room}/index.m3u8`, clients);
          return async () => {
            report = await end();
            await endHls();
          };
        }),
      );
      const plain = rows[0];
      const watched = rows.at(-1);
      return {
        rows,
        participants,
        hls: report ?? { clients: 0, segments: 0, failures: 0, bytes: 0 },
        bars: [
          atMost({
            ...{ id: 'T2', what: 'a recording while somebody watches `high`' },
            ...{ value: (plain?.cores ?? NaN) * 100, limit: 3, unit: '% of a core' },
          }),
          atMost({
            ...{ id: 'T2', what: 'video encoders that a recording adds' },
            value: (plain?.encoders.with ?? NaN) - (plain?.encoders.without ?? NaN),
            ...{ limit: 0, unit: '' },
          }),
          atLeast({
            ...{ id: 'T7', what: `composites a second with ${clients} clients of HLS` },
            ...{ value: (watched?.rate ?? NaN) * 100, limit: 98, unit: '% of those without' },
          }),
        ],
      };
    } finally {
      await crowd.leave();
      await server.stop();
      rmSync(data, { recursive: true });
    }
  },
};

/** Switches HLS on, and waits for its first segments. */
async function startHls(server: LabServer): Promise<() => Promise<unknown>> {
  await ask(server, 'PATCH', `/rooms/${room}`, { hls: true });
  await until(async () => {
    const response = await fetch(`${server.url}/hls/${room}/index.m3u8`);
    return response.ok && (await response.text()).includes('#EXTINF');
  });
  return async () => {
    await ask(server, 'PATCH', `/rooms/${room}`, { hls: false });
    await until(async () => (await server.metricSum('onegrid_hls_active')) === 0);
  };
}

/** Without and with something, in turn. */
async function compare(
  server: LabServer,
  what: Row['what'],
  { rounds, seconds, rest }: { rounds: number; seconds: number; rest: number },
  start: () => Promise<() => Promise<unknown>>,
): Promise<Row> {
  const cores: Record<'without' | 'with', number[]> = { without: [], with: [] };
  const composites = { without: 0, with: 0 };
  const encoders = { without: 0, with: 0 };
  const window = async (side: 'without' | 'with'): Promise<void> => {
    await sleep(rest * 1000);
    const frames = await server.metricSum('onegrid_frames_composited_total');
    const end = server.measureCores();
    await sleep(seconds * 1000);
    cores[side].push(end().server);
    composites[side] += (await server.metricSum('onegrid_frames_composited_total')) - frames;
    encoders[side] = await server.metricSum('onegrid_video_encoders');
  };
  for (let round = 0; round < rounds; round += 1) {
    await window('without');
    const stopIt = await start();
    await window('with');
    await stopIt();
  }
  await window('without');
  const differences = cores.with.map(
    (value, round) =>
      value - ((cores.without[round] ?? NaN) + (cores.without[round + 1] ?? NaN)) / 2,
  );
  const [without, added] = [spreadOf(cores.without), spreadOf(cores.with)];
  return {
    what,
    without,
    with: added,
    cores: spreadOf(differences).median,
    encoders,
    rate: rounded(((composites.with / composites.without) * (rounds + 1)) / rounds),
  };
}
