import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { openHouse } from '../harness/house.ts';
import { sleep, until } from '../harness/until.ts';

const idleMs = 5000;

/** Of a trace (Trace Event Format): a task of a thread, `tdur` microseconds of its own time. */
const traceSchema = z.object({
  traceEvents: z.array(
    z.object({
      name: z.string(),
      pid: z.number(),
      tid: z.number(),
      tdur: z.number().optional(),
      args: z.object({ name: z.string().optional() }).loose().optional(),
    }),
  ),
});

describe('a page in a call in which nobody does anything', () => {
  const house = openHouse();

  it('complains of nothing, and never keeps its main thread for 200 ms', async () => {
    const ana = await house.join('idle', 'Ana', { colour: 'blue', tone: 'speech' });
    await house.join('idle', 'Ben', { colour: 'green', tone: 0 });
    await until(() => ana.last('layout')?.tiles.length === 2);
    const browser = ana.page.context().browser()!;
    await browser.startTracing(ana.page, { categories: ['-*', 'toplevel', '__metadata'] });
    await sleep(idleMs);
    const { traceEvents } = traceSchema.parse(
      JSON.parse((await browser.stopTracing()).toString('utf8')),
    );
    const mains = new Set(
      traceEvents
        .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
        .map(({ pid, tid }) => `${pid} ${tid}`),
    );
    // Of its own time: what the machine takes away meanwhile is none of the page's.
    const tasks = traceEvents
      .filter(({ pid, tid }) => mains.has(`${pid} ${tid}`))
      .map(({ tdur = 0 }) => tdur / 1000);
    const longest = tasks.reduce((most, ms) => Math.max(most, ms), 0);
    console.log(`${tasks.length} tasks, the longest ${longest.toFixed(1)} ms`);
    expect(tasks.length).toBeGreaterThan(100);
    expect(longest).toBeGreaterThan(0);
    expect(longest).toBeLessThan(200);
    expect(ana.complaints).toEqual([]);
  });
});
