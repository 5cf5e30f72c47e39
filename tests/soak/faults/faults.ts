import { holdingsOf } from '../../bench/lab/process-cpu.ts';
import { median, quantile } from '../../bench/lab/statistics.ts';
import { launchChromium } from '../../harness/chromium.ts';
import { Crowd } from '../../harness/crowd.ts';
import { type Fault, Faults } from '../../harness/faults.ts';
import { Hiccups } from '../../harness/hiccups.ts';
import { SendGaps } from '../../harness/send-gaps.ts';
import { TestServer, traced } from '../../harness/server.ts';
import { Trio } from '../../harness/trio.ts';
import { sleep, until } from '../../harness/until.ts';

/** What happens to the room process; two of them are one room's share, for the third within a minute closes it. */
const pairs: readonly (readonly Fault[])[] = [
  ['SIGKILL', 'SIGSTOP'],
  ['SIGSEGV', 'memory'],
];
/** In every fourth run: a hang, which is known after 3 s (D1). No bar of T1 is on the way back from it. */
const hang: Fault = 'loop';

/** Server, browsers and the people next door share two cores here: none of them is to wait for a processor before anything happens. */
const small = { ONEGRID_CANVAS: '320x180', ONEGRID_FPS: '10' };

/** What a room process may have, and fills in the run for memory. */
const memoryBytes = 450e6;

const bar = { backMs: 5000, ratio: 1.5, hangFoundMs: 4000, stopFoundMs: 1500, deathFoundMs: 1000 };
const foundBarOf = (fault: Fault): number => {
  if (fault === hang) return bar.hangFoundMs;
  return fault === 'SIGSTOP' ? bar.stopFoundMs : bar.deathFoundMs;
};
/** A fault shall be over by then. The room next door is looked at for as long without one. */
const windowMs = 8000;

interface Results {
  /** Until the gateway knew. */
  readonly foundMs: number[];
  readonly backMs: number[];
  /** Longest gaps next door: while nothing happens, and while something does. */
  readonly control: number[];
  readonly struck: number[];
}

/**
 * T1: kill -9, SIGSTOP, SIGSEGV and out of memory of the room process of three people in real browsers, twenty times each: all
 * see and hear again within 5 s (p95), and the room next door is sent its pictures as while nothing happens.
 * @returns what is wrong
 */
export async function faultsSoak({ quick }: { quick: boolean }): Promise<string[]> {
  const runs = quick ? 1 : 20;
  const happen = new Faults();
  const hiccups = new Hiccups();
  const server = await TestServer.start({
    ...happen.environment,
    ...small,
    ...traced,
    ONEGRID_ROOM_MEMORY_BYTES: String(memoryBytes),
  });
  // Three browsers that come back at once take both cores of a small machine, which theirs are not in real life: they stand back.
  const browser = await launchChromium();
  const crowd = new Crowd(server.url, { room: 'calm', participants: 2, size: '320x180', fps: 10 });
  const results = new Map<Fault, Results>(
    [...pairs.flat(), hang].map((fault) => [
      fault,
      { foundMs: [], backMs: [], control: [], struck: [] },
    ]),
  );
  const calm = new SendGaps(server, 'calm');
  try {
    await until(async () => (await server.metricSum('onegrid_participants')) === 2);
    for (let run = 0; run < runs; run += 1) {
      for (const [index, pair] of (run % 4 === 0 ? [...pairs, [hang]] : pairs).entries()) {
        const room = `struck-${run}-${index}`;
        const trio = await Trio.join(browser, server.url, room);
        const ids = trio.people.map(({ id }) => id);
        for (const fault of pair) {
          const result = results.get(fault)!;
          calm.take();
          await sleep(windowMs);
          result.control.push(calm.take());
          await hiccups.take();
          const started = performance.now();
          const pid = await server.roomPid(room);
          let struckAt = Date.now();
          let fillMs = 0;
          const survivedMs = await trio.survive(async () => {
            happen.strike(pid, fault);
            if (fault !== 'memory') return;
            await memoryIsFull(pid);
            fillMs = Date.now() - struckAt;
          });
          result.backMs.push(survivedMs - fillMs);
          struckAt += fillMs;
          const death = await server.logged('room process died', { roomPid: pid });
          result.foundMs.push(Date.parse(String(death['time'])) - struckAt);
          const [found, back] = [result.foundMs, result.backMs].map((each) => each.at(-1));
          const { longestMs } = await hiccups.take();
          console.log(
            `${run + 1}: ${fault}: found after ${String(found)} ms, back after ${String(back)} ms ` +
              `(the machine stood still for ${longestMs.toFixed(0)} ms)`,
          );
          await sleep(Math.max(0, windowMs - (performance.now() - started)));
          result.struck.push(calm.take());
        }
        await until(() => trio.hearEachOther());
        if (trio.people.some(({ id }, index) => id !== ids[index])) {
          throw new Error('Somebody has come back as somebody else.');
        }
        await trio.close();
      }
    }
    return verdict(server, results);
  } finally {
    await crowd.leave().catch(() => undefined);
    await browser.close();
    await server.stop();
    await hiccups.stop();
    happen.close();
  }
}

/** Resolves when a process has more memory than it may, or is gone: only from there on it is a fault. */
async function memoryIsFull(pid: number): Promise<void> {
  for (;;) {
    try {
      // A process that has just ended says nothing of its memory.
      if (!(holdingsOf(pid).residentBytes <= memoryBytes)) return;
    } catch {
      return;
    }
    await sleep(20);
  }
}

function verdict(server: TestServer, results: ReadonlyMap<Fault, Results>): string[] {
  const wrong: string[] = [];
  const rows: Record<string, Record<string, number>> = {};
  for (const [fault, { foundMs, backMs, control, struck }] of results) {
    const found = quantile(foundMs, 0.95);
    const p95 = quantile(backMs, 0.95);
    const ratio = median(struck) / median(control);
    rows[fault] = {
      runs: backMs.length,
      'found p95, ms': Math.round(found),
      'back p50, ms': Math.round(median(backMs)),
      'back p95, ms': Math.round(p95),
      'longest gap next door, control, ms': Math.round(median(control)),
      'with the fault, ms': Math.round(median(struck)),
      ratio: Number(ratio.toFixed(2)),
      'longest of all, control, ms': Math.round(Math.max(...control)),
      'longest of all, ms': Math.round(Math.max(...struck)),
    };
    if (!(found <= foundBarOf(fault))) {
      wrong.push(`${fault}: found after ${found.toFixed(0)} ms (p95).`);
    }
    if (fault !== hang && p95 > bar.backMs)
      wrong.push(`${fault}: back after ${p95.toFixed(0)} ms (p95).`);
    if (ratio > bar.ratio) wrong.push(`${fault}: gaps next door are ${ratio.toFixed(2)} times.`);
  }
  console.table(rows);
  const others = server.log.filter(
    (line) => line.msg === 'room process died' && line['room'] === 'calm',
  );
  if (others.length > 0) wrong.push('The room next door died, too.');
  return wrong;
}
