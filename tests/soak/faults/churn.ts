import { holdingsOf } from '../../bench/lab/process-cpu.ts';
import { Crowd } from '../../harness/crowd.ts';
import { Hiccups } from '../../harness/hiccups.ts';
import { SendGaps } from '../../harness/send-gaps.ts';
import { TestServer, traced } from '../../harness/server.ts';
import { smallCalls } from '../../harness/small-calls.ts';
import { sleep, until } from '../../harness/until.ts';
import { liveMemoryOf } from '../live-memory.ts';
import { growthOf, type MemorySample } from './growth.ts';

const room = 'churn';
const steady = 8;
/** Half of these stay, and the places of the others are taken by one after the other. */
const comers = 12;
const perMinute = 200;
const bar = { gapMs: 250, growth: 1, descriptors: 8, threads: 4, gatewayGrowth: 1 };
/** What all send: 20 people are to leave a machine with two cores a third of its time. */
const cheap = { room, size: '320x180', fps: 8, ramp: 2 } as const;

/**
 * T3: 2,000 joins and leaves in ten minutes beside eight people who stay: nothing crashes, those who stay are sent pictures at
 * all times, and memory, descriptors and threads are as before.
 * @returns what is wrong
 */
export async function churnSoak({ quick }: { quick: boolean }): Promise<string[]> {
  const minutes = quick ? 1 : 10;
  const server = await TestServer.start({ ...smallCalls, ...traced });
  const gaps = new SendGaps(server, room);
  const hiccups = new Hiccups();
  const there = (people: number) =>
    until(async () => (await server.metricSum('onegrid_participants')) === people);
  const stay = new Crowd(server.url, { ...cheap, participants: steady, speakers: 2 });
  try {
    await there(steady);
    const ids = new Set(
      server.log
        .filter(({ msg }) => msg === 'participant joined')
        .map((line) => String(line['participant'])),
    );
    await sleep(quick ? 5000 : 30_000);
    const pid = await server.roomPid(room);
    const before = holdingsOf(pid);
    const come = new Crowd(server.url, {
      ...{ ...cheap, participants: comers, speakers: 0 },
      ...{ churn: perMinute, duration: minutes * 60 },
    });
    gaps.take(ids);
    const memory: MemorySample[] = [];
    const gateway: MemorySample[] = [];
    let ended = false;
    const report = come.report().finally(() => (ended = true));
    const started = performance.now();
    let longest = 0;
    let keptMs = 0;
    const hasEnded = (): boolean => ended;
    const minuteNow = (): number => (performance.now() - started) / 60_000;
    for (let look = 0; !hasEnded(); look += 1) {
      await Promise.race([sleep(quick ? 2000 : 5000), report.catch(() => undefined)]);
      if (!hasEnded()) memory.push([minuteNow(), holdingsOf(pid).residentBytes / 2 ** 20]);
      // Every half minute, and without its garbage: V8 lets that lie for minutes, which looks like growth.
      if (look % 6 === 5 && !hasEnded()) {
        gateway.push([minuteNow(), await liveMemoryOf(server.pid)]);
      }
      const gap = gaps.take(ids);
      const { longestMs } = await hiccups.take();
      if (gap > longest) [longest, keptMs] = [gap, longestMs];
    }
    const { participants, joined, errors } = await report;
    await there(steady);
    await sleep(quick ? 5000 : 30_000);
    const after = holdingsOf(pid);
    const [growth, gatewayGrowth] = [memory, gateway].map((samples) =>
      growthOf(samples, 1 / 3),
    ) as [number, number];
    const crashes = await server.metricSum('onegrid_room_process_restarts_total');
    console.table({
      'joins and leaves': participants,
      'without a picture': participants - joined,
      crashes,
      'longest gap of those who stayed, ms': Math.round(longest),
      'the machine stood still in these five seconds, ms': Math.round(keptMs),
      'memory before, MiB': Math.round(before.residentBytes / 2 ** 20),
      'memory after, MiB': Math.round(after.residentBytes / 2 ** 20),
      'growth after the first third, MiB a minute': Number(growth.toFixed(2)),
      'of the gateway without garbage, MiB a minute': Number(gatewayGrowth.toFixed(2)),
      'descriptors before': before.descriptors,
      'descriptors after': after.descriptors,
      'threads before': before.threads,
      'threads after': after.threads,
    });
    const complaints = [...new Set(server.complaints().map(({ msg }) => msg))];
    return [
      ...(crashes === 0 ? [] : [`${crashes} room processes died.`]),
      ...(quick || participants >= 0.98 * perMinute * minutes
        ? []
        : [`Only ${participants} came.`]),
      ...(joined >= 0.99 * participants ? [] : [`${participants - joined} saw nothing.`]),
      ...new Set(errors.map(({ message }) => `A participant: ${message}`)),
      ...(longest < bar.gapMs ? [] : [`A picture took ${longest.toFixed(0)} ms.`]),
      ...(growth < bar.growth || quick
        ? []
        : [`Memory grows by ${growth.toFixed(2)} MiB a minute.`]),
      ...(gatewayGrowth < bar.gatewayGrowth || quick
        ? []
        : [`The gateway's memory grows by ${gatewayGrowth.toFixed(2)} MiB a minute.`]),
      ...(after.descriptors <= before.descriptors + bar.descriptors
        ? []
        : [`${after.descriptors - before.descriptors} descriptors are left.`]),
      ...(after.threads <= before.threads + bar.threads
        ? []
        : [`${after.threads - before.threads} threads are left.`]),
      ...complaints,
    ];
  } finally {
    await stay.leave().catch(() => undefined);
    await server.stop();
    await hiccups.stop();
  }
}
