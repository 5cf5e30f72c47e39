import * as z from 'zod';
import { launchChromium, Person } from '../harness/chromium.ts';
import type { FakeMedia } from '../harness/fake-media.ts';
import { measureLatency } from '../harness/probes.ts';
import { TestServer } from '../harness/server.ts';
import { sleep, until } from '../harness/until.ts';
import { fps } from './compositing/task.ts';
import { atMost, type Benchmark, resultSchema } from './lab/benchmark.ts';
import { inChild } from './lab/in-child.ts';
import { quantile, rounded, thinned } from './lab/statistics.ts';
import { type Added, addedSchema } from './latency/added.ts';
import { Crowd } from '../harness/crowd.ts';
import { uplinkOf } from './mcu/uplinks.ts';
import { profilingEnvironment } from './profile/environment.ts';

const rowSchema = z.strictObject({
  /** Synthetic participants beside the two browsers. */
  synthetic: z.int(),
  pictures: z.int(),
  /** Glass to glass, milliseconds. */
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
  /** In ascending order, as many as a plot can show. */
  sortedMs: z.array(z.number()),
});

/** See {@link latency}. */
export const latencySchema = resultSchema(rowSchema, {
  fps: z.number(),
  /** What the server adds to a picture, by its barcode. */
  added: addedSchema,
});

/** Barcodes are read in tiles of the whole size: a busy machine must not pass for a narrow path. */
const settings = { ONEGRID_LOG_LEVEL: 'warn', ONEGRID_RUNGS: 'high' };

/** The uplinks' rate where the wait for the tick is told apart: it meets the ticks at every phase within two seconds. */
const unevenFps = 24.3;

/**
 * D4.6: the time from one browser's canvas to another's screen, alone and in a room with seven synthetic participants; and
 * what the server adds, from the last packet of a picture in to the first packet of the composite out.
 */
export const latency: Benchmark<z.infer<typeof latencySchema>> = {
  name: 'latency',
  about: 'glass to glass of two browsers in a small and in a full room; what the server adds',
  schema: latencySchema,
  async run({ quick, seconds, profiles }) {
    const glass = await fromGlassToGlass(quick ? [0] : [0, 7], {
      ...{ rounds: quick ? 1 : 2, seconds: quick ? 1 : (seconds ?? 12) },
      ...{ settle: quick ? 0.5 : 10, profiles },
    });
    const added = await whatIsAdded(quick ? 2 : 9, quick ? 2 : (seconds ?? 30), quick ? 1 : 4);
    const rows = [...glass].map(([synthetic, values]) => {
      const sorted = values.sort((a, b) => a - b);
      return {
        ...{ synthetic, pictures: sorted.length },
        p50: rounded(quantile(sorted, 0.5)),
        p95: rounded(quantile(sorted, 0.95)),
        p99: rounded(quantile(sorted, 0.99)),
        sortedMs: thinned(sorted, 200).map(rounded),
      };
    });
    const bar = atMost({
      id: 'B6',
      what: `what the server adds with ${added.participants}, without the wait for the tick, p95`,
      value: added.apart.p95,
      limit: 40,
      unit: 'ms',
    });
    return { rows, fps, added, bars: quick ? [] : [bar] };
  },
};

/** Two browsers; the others come and go between the rounds. By the number of the others, all that was measured. */
async function fromGlassToGlass(
  others: readonly number[],
  how: { rounds: number; seconds: number; settle: number; profiles: string | null },
): Promise<Map<number, number[]>> {
  const server = await TestServer.start({
    ...settings,
    ...profilingEnvironment(how.profiles),
  });
  const browser = await launchChromium({ polite: false, sharp: true });
  const media: FakeMedia = {
    ...{ colour: '#2f6f4f', width: 640, height: 360, fps: 25 },
    ...{ barcode: true, tone: 400 },
  };
  const ages = new Map<number, number[]>(others.map((count) => [count, []]));
  try {
    const alice = await Person.join(browser, server.url, 'latency', 'Alice', media);
    const bob = await Person.join(browser, server.url, 'latency', 'Bob', { ...media, tone: 700 });
    for (let round = 0; round < how.rounds; round += 1) {
      for (const [count, values] of ages) {
        const crowd =
          count === 0 ? null : new Crowd(server.url, { room: 'latency', participants: count });
        try {
          const tiles = (): number => bob.last('layout')?.tiles.length ?? 0;
          await until(() => tiles() === count + 2);
          await sleep(how.settle * 1000);
          const tile = bob.tileOf(alice.id);
          if (tile === undefined) throw new Error('Alice has no tile.');
          const { seconds } = how;
          values.push(...(await bob.page.evaluate(measureLatency, { tile, seconds })));
        } finally {
          await crowd?.leave();
        }
      }
    }
  } finally {
    await browser.close();
    await server.stop();
  }
  return ages;
}

async function whatIsAdded(participants: number, seconds: number, settle: number): Promise<Added> {
  const server = await TestServer.start({ ...settings, ONEGRID_TRANSITIONS: 'off' });
  try {
    const uplink = { ...uplinkOf(participants), fps: unevenFps };
    const task = { url: server.url, participants, uplink, settle, seconds };
    const module = new URL('latency/added.ts', import.meta.url);
    return await inChild(module, task, addedSchema);
  } finally {
    await server.stop();
  }
}
