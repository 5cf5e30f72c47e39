import { afterEach, describe, expect, it } from 'vitest';
import { ask } from '../../harness/hostile/ask.ts';
import { HostileGateway } from '../../harness/hostile/gateway.ts';
import { heapInUse } from '../../harness/memory.ts';
import { play, sumOf } from '../../harness/hostile/play.ts';
import { again, fuzzSeed } from '../../harness/hostile/seed.ts';
import { sleep, until } from '../../harness/until.ts';

const messages = 96_000;
const requests = 4000;
const players = 8;

const sumByKey = (all: readonly ReadonlyMap<string, number>[]): Record<string, number> => {
  const sum: Record<string, number> = {};
  for (const [key, count] of all.flatMap((each) => [...each])) sum[key] = (sum[key] ?? 0) + count;
  return sum;
};

describe('100,000 messages and requests of people who mean no good', () => {
  let gateway: HostileGateway;
  afterEach(() => gateway.stop());

  /** A round of all of it. @param share - of the whole */
  async function round(share: number, seed: number) {
    const [playing, asking] = await Promise.all([
      Promise.all(
        Array.from({ length: players }, (_, index) =>
          play(
            gateway.url,
            `fuzz${String(index)}`,
            (messages * share) / players,
            seed + index * 1e6,
          ),
        ),
      ),
      Promise.all(
        Array.from({ length: 4 }, (_, index) =>
          ask(gateway.port, (requests * share) / 4, seed + (index + 20) * 1e6),
        ),
      ),
    ]);
    await until(
      () => gateway.isDeserted,
      async () => (await fetch(`${gateway.url}/api/v1/rooms`)).text(),
    );
    return { play: sumOf(playing), ask: asking };
  }

  it('neither end a gateway nor stay in its memory, and each is told what is wrong with it', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    gateway = await HostileGateway.start('silent');
    // What is made once and kept is made by then.
    const first = await round(0.1, fuzzSeed);
    const before = await heapInUse();
    const second = await round(0.1, fuzzSeed);
    const control = (await heapInUse()) - before;
    const third = await round(0.8, fuzzSeed + 7);
    const grown = (await heapInUse()) - before - control;
    await sleep(0);
    process.off('unhandledRejection', note);

    const all = sumOf([first, second, third].map((each) => each.play));
    const asked = [first, second, third].flatMap((each) => each.ask);
    const sent = all.sent + asked.reduce((sum, each) => sum + each.sent, 0);
    const percent = (count: number): string => `${((100 * count) / all.sent).toFixed(1)} %`;
    console.log(
      `${again('messages')}: ${String(sent)} in all, ${String(all.sent)} messages, ${percent(all.valid)} valid, ` +
        `${percent(gateway.reached)} reached a room, ${String(all.connections)} connections; heap grew by ` +
        `${(grown / 1e6).toFixed(1)} MB, control ${(control / 1e6).toFixed(1)} MB`,
      Object.fromEntries(all.errors),
      sumByKey(asked.map(({ statuses }) => statuses)),
    );
    expect(unhandled).toEqual([]);
    expect(gateway.complaints).toEqual([]);
    expect(all.wrong).toEqual([]);
    expect(asked.flatMap(({ wrong }) => wrong)).toEqual([]);
    expect(sent).toBeGreaterThanOrEqual(messages + requests);
    expect(all.valid / all.sent).toBeGreaterThan(0.3);
    expect(gateway.reached / all.sent).toBeGreaterThan(0.05);
    // Eight times as much as the control: what is kept of each message would be eight times as large.
    expect(grown).toBeLessThan(4e6 + 2 * Math.max(0, control));
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
  });
});
