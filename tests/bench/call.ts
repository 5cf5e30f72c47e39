import * as z from 'zod';
import { launchChromium, Person } from '../harness/chromium.ts';
import type { FakeMedia } from '../harness/fake-media.ts';
import { measureLatency } from '../harness/probes.ts';
import { TestServer } from '../harness/server.ts';
import { sleep, until } from '../harness/until.ts';
import { type Benchmark, resultSchema } from './lab/benchmark.ts';
import { cpuSeconds } from './lab/process-cpu.ts';
import { quantile, rounded, thinned } from './lab/statistics.ts';
import { profilingEnvironment } from './profile/environment.ts';

const rowSchema = z.strictObject({
  people: z.int(),
  /** CPU seconds per second of the room process. */
  cores: z.number(),
});

/** See {@link call}. */
export const callSchema = resultSchema(rowSchema, {
  /** Glass to glass with two people, milliseconds. */
  latency: z.strictObject({
    pictures: z.int(),
    p50: z.number(),
    p95: z.number(),
    p99: z.number(),
    /** In ascending order; of many, as many as a plot can show. */
    sortedMs: z.array(z.number()),
  }),
});

/**
 * A real call: CPU of the room process with one, two and three people who send 640x360 at 25 and a
 * tone, and the time from a sender's canvas to a receiver's screen with two. Browsers run on the same
 * machine, at the same priority.
 */
export const call: Benchmark<z.infer<typeof callSchema>> = {
  name: 'call',
  about: 'a real call of one, two and three browsers: CPU of the room process, glass to glass',
  schema: callSchema,
  async run({ quick, seconds: asked, profiles }) {
    const seconds = quick ? 1 : (asked ?? 15);
    const server = await TestServer.start({
      // Barcodes are read in tiles of the whole size.
      ...{ ONEGRID_LOG_LEVEL: 'info', ONEGRID_RUNGS: 'high' },
      ...profilingEnvironment(profiles),
    });
    const browser = await launchChromium({ polite: false, sharp: true });
    const media: FakeMedia = {
      ...{ colour: '#2f6f4f', width: 640, height: 360, fps: 25 },
      barcode: true,
    };
    const rows: z.infer<typeof rowSchema>[] = [];
    let latencies: number[] = [];
    const people: Person[] = [];
    try {
      for (const [index, name] of ['Alice', 'Bob', 'Carol'].slice(0, quick ? 2 : 3).entries()) {
        const tone = 400 + 300 * index;
        people.push(await Person.join(browser, server.url, 'bench', name, { ...media, tone }));
        await until(() => people[0]?.last('layout')?.tiles.length === people.length);
        await sleep(quick ? 500 : 10_000);
        const roomPid = await server.roomPid();
        const before = cpuSeconds(roomPid);
        const started = performance.now();
        await sleep(seconds * 1000);
        const elapsed = (performance.now() - started) / 1000;
        const cores = (cpuSeconds(roomPid) - before) / elapsed;
        rows.push({ people: people.length, cores: rounded(cores) });
        const [alice, bob] = people;
        if (alice === undefined || bob === undefined || people.length !== 2) continue;
        const tile = bob.tileOf(alice.id);
        if (tile === undefined) throw new Error('Alice has no tile.');
        latencies = await bob.page.evaluate(measureLatency, { tile, seconds });
        latencies.sort((a, b) => a - b);
      }
    } finally {
      await browser.close();
      await server.stop();
    }
    return {
      rows,
      latency: {
        pictures: latencies.length,
        p50: rounded(quantile(latencies, 0.5)),
        p95: rounded(quantile(latencies, 0.95)),
        p99: rounded(quantile(latencies, 0.99)),
        sortedMs: thinned(latencies, 200).map(rounded),
      },
      bars: [],
    };
  },
};
