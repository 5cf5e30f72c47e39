import { readFileSync } from 'node:fs';
import { launchChromium, Person } from '../harness/chromium.ts';
import type { FakeMedia } from '../harness/fake-media.ts';
import { measureLatency } from '../harness/probes.ts';
import { TestServer } from '../harness/server.ts';
import { sleep, until } from '../harness/until.ts';
import type { Figures } from './figures.ts';

/** CPU seconds a process has used, user and system (proc(5): fields 14 and 15 in ticks of 10 ms). */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

/**
 * A real call: CPU of the room process with one, two and three people who send 640x360 at 25 and a
 * tone, and the time from a sender's canvas to a receiver's screen with two. Browsers run on the same
 * machine, at the same priority.
 */
export async function callBenchmark({ quick }: { quick: boolean }): Promise<Figures> {
  const seconds = quick ? 4 : 20;
  const server = await TestServer.start({ ONEGRID_LOG_LEVEL: 'info' });
  const browser = await launchChromium({ polite: false });
  const media: FakeMedia = { colour: '#2f6f4f', width: 640, height: 360, fps: 25, barcode: true };
  const figures: Figures = {};
  const people: Person[] = [];
  try {
    for (const [index, name] of ['Alice', 'Bob', 'Carol'].entries()) {
      const tone = 400 + 300 * index;
      people.push(await Person.join(browser, server.url, 'bench', name, { ...media, tone }));
      await until(() => people[0]?.last('layout')?.tiles.length === people.length, 10_000);
      await sleep(quick ? 2000 : 15_000);
      const roomPid = server.log.findLast(({ msg }) => msg === 'room process started')?.['roomPid'];
      const before = cpuSeconds(roomPid as number);
      const started = performance.now();
      await sleep(seconds * 1000);
      const elapsed = (performance.now() - started) / 1000;
      const cores = (cpuSeconds(roomPid as number) - before) / elapsed;
      figures[`room process, ${String(people.length)} people, % of a core`] =
        Math.round(cores * 1000) / 10;
      const [alice, bob] = people;
      if (alice === undefined || bob === undefined || people.length !== 2) continue;
      const tile = bob.tileOf(alice.id);
      if (tile === undefined) throw new Error('Alice has no tile.');
      const latencies = await bob.page.evaluate(measureLatency, { tile, seconds });
      latencies.sort((a, b) => a - b);
      figures['glass to glass, 2 people, pictures'] = latencies.length;
      for (const percent of [50, 95, 99]) {
        figures[`glass to glass, 2 people, p${String(percent)} ms`] = quantile(
          latencies,
          percent / 100,
        );
      }
    }
  } finally {
    await browser.close();
    await server.stop();
  }
  return figures;
}
