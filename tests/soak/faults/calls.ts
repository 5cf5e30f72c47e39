import { rmSync } from 'node:fs';
import { inChild } from '../../bench/lab/in-child.ts';
import { cpuSeconds, holdingsOf, processTree } from '../../bench/lab/process-cpu.ts';
import { median } from '../../bench/lab/statistics.ts';
import { type Added, addedSchema } from '../../bench/latency/added.ts';
import { Crowd } from '../../harness/crowd.ts';
import { record, stop } from '../../harness/recordings.ts';
import { TestServer } from '../../harness/server.ts';
import { makeDataDir } from '../../harness/test-run.ts';
import { sleep, until } from '../../harness/until.ts';
import { liveMemoryOf, programOf } from '../live-memory.ts';
import { growthOf, type MemorySample } from './growth.ts';

const rooms = 4;
const people = 16;
const bar = { growth: 1, latencyMs: 10 };
/** A machine with two cores is to have a third of its time left: pictures of 640x360, 15 a second, of uplinks of 320x180. */
const cheap = {
  server: { ONEGRID_CANVAS: '640x360', ONEGRID_FPS: '15', ONEGRID_RUNGS: 'high' },
  crowd: { size: '320x180', fps: 12 },
  probe: { width: 320, height: 180, fps: 12, kilobits: 300 },
} as const;

/**
 * What may be logged as a warning: nothing at level error and above may. There is none so far; what is found to be harmless is
 * named here with the reason.
 */
const expected: readonly RegExp[] = [];

/**
 * T4: four rooms of four for an hour, each recorded: memory is flat, so is what the server adds to a picture, and nothing
 * unexpected is logged. The time is measured in a fifth room that comes and goes.
 * @returns what is wrong
 */
export async function callsSoak({ quick }: { quick: boolean }): Promise<string[]> {
  const minutes = quick ? 2 : 60;
  const looks = quick ? 4 : 12;
  const data = makeDataDir();
  const server = await TestServer.start({
    ...cheap.server,
    ...{ ONEGRID_DATA_DIR: data, ONEGRID_MIN_FREE_BYTES: '0', ONEGRID_LOG_LEVEL: 'info' },
  });
  const crowd = new Crowd(server.url, {
    ...{ ...cheap.crowd, room: 'calls', rooms, participants: people, speakers: 2, ramp: 4 },
  });
  const wrong: string[] = [];
  try {
    await until(async () => (await server.metricSum('onegrid_participants')) === people);
    const ids: string[] = [];
    for (let room = 1; room <= rooms; room += 1) {
      ids.push((await record(server, `calls-${room}`)).id);
    }
    const memory = new Map<string, MemorySample[]>();
    const latencies: Added['total'][] = [];
    const cpuBefore = cpuOf(server);
    const started = performance.now();
    for (let look = 1; look <= looks; look += 1) {
      const dueMs = (look / looks) * minutes * 60_000;
      await sleep(Math.max(0, dueMs - (performance.now() - started)));
      // Before the fifth room: what that takes comes and goes.
      const minute = (performance.now() - started) / 60_000;
      for (const [what, mebibytes] of await memoryOf(server, quick)) {
        memory.set(what, [...(memory.get(what) ?? []), [minute, mebibytes]]);
      }
      latencies.push((await added(server.url, quick)).total);
    }
    const cores = (1000 * (cpuOf(server) - cpuBefore)) / (performance.now() - started);
    const growth = growthOf(memory.get('all') ?? [], 1 / 5);
    console.table(
      (memory.get('all') ?? []).map(([minute, mebibytes], at) => ({
        minute: Number(minute.toFixed(1)),
        'memory, MiB': Math.round(mebibytes),
        'added p50, ms': latencies[at]?.p50,
        'added p95, ms': latencies[at]?.p95,
      })),
    );
    console.log('grows by, MiB a minute');
    console.table(
      Object.fromEntries(
        Array.from(memory, ([what, samples]) => [
          what,
          Number(growthOf(samples, 1 / 5).toFixed(2)),
        ]),
      ),
    );
    console.log(`the server took ${cores.toFixed(2)} cores`);
    const third = Math.max(1, Math.floor(latencies.length / 3));
    const p50s = latencies.map(({ p50 }) => p50);
    const rise = median(p50s.slice(-third)) - median(p50s.slice(0, third));
    const stopping = performance.now();
    const recordings = [];
    for (const id of ids) recordings.push(await stop(server, id));
    const stopSeconds = (performance.now() - stopping) / 1000 / rooms;
    console.log(`a recording was complete ${stopSeconds.toFixed(1)} s after it was stopped`);
    if (growth >= bar.growth && !quick)
      wrong.push(`Memory grows by ${growth.toFixed(2)} MiB a minute.`);
    if (rise > bar.latencyMs) wrong.push(`Pictures are ${rise.toFixed(0)} ms later at the end.`);
    for (const { state, reason } of recordings)
      if (state !== 'complete') wrong.push(`A recording is ${state} (${String(reason)}).`);
    const { errors } = await crowd.leave();
    for (const { message } of errors) wrong.push(`A participant: ${message}`);
    const unexpected = server.log.filter(
      ({ level, msg }) => level >= 40 && (level >= 50 || !expected.some((one) => one.test(msg))),
    );
    wrong.push(...new Set(unexpected.map(({ msg }) => `Logged: ${msg}.`)));
    return wrong;
  } finally {
    await crowd.leave().catch(() => undefined);
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

const cpuOf = (server: TestServer): number =>
  processTree(server.pid).reduce((sum, pid) => sum + cpuSeconds(pid), 0);

/**
 * What a server's processes hold, MiB, by program, and `all`: without garbage, which V8 lets lie for as long as there is room.
 */
async function memoryOf(server: TestServer, withGarbage: boolean): Promise<Map<string, number>> {
  const held = new Map([['all', 0]]);
  for (const pid of processTree(server.pid)) {
    const program = programOf(pid);
    const mebibytes = withGarbage
      ? holdingsOf(pid).residentBytes / 2 ** 20
      : await liveMemoryOf(pid);
    for (const what of ['all', program]) held.set(what, (held.get(what) ?? 0) + mebibytes);
  }
  return held;
}

/** What the server adds to a picture, by barcodes, in a room of two. */
const added = (url: string, quick: boolean): Promise<Added> =>
  inChild(
    new URL('../../bench/latency/added.ts', import.meta.url),
    { url, participants: 2, uplink: cheap.probe, settle: 2, seconds: quick ? 4 : 10 },
    addedSchema,
  );
