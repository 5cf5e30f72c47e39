import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isNear, launchChromium, Person } from '../harness/chromium.ts';
import { SignallingClient } from '../harness/client.ts';
import type { Outbound } from '../harness/outbound.ts';
import type { Rgb } from '../harness/probes.ts';
import { TestServer } from '../harness/server.ts';
import { sleep, until } from '../harness/until.ts';

const red: Rgb = [200, 30, 30];
const green: Rgb = [30, 170, 60];
const css = (colour: Rgb): string => `rgb(${colour.join(',')})`;
const holdMs = 10_000;
const patienceMs = 3000;

describe('what a browser sends', () => {
  let server: TestServer;
  let browser: Browser;
  const people: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    server = await TestServer.start({
      // Those who are only there to take up places in the grid have no media at all.
      ONEGRID_MEDIA_TIMEOUT_MS: '600000',
      ONEGRID_CANVAS: '640x360',
    });
    // What the browser manages to encode is measured.
    browser = await launchChromium({ polite: false });
  });
  afterEach(async () => {
    await Promise.all(people.splice(0).map((each) => each.close()));
    await until(async () => (await server.metricSum('onegrid_rooms')) === 0, 10_000);
    expect(server.complaints()).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  const follow = async (who: Person, height: number, timeoutMs: number): Promise<Outbound> => {
    let counts: Outbound | null = null;
    await until(
      async () => {
        counts = await who.outbound();
        return counts?.height === height;
      },
      timeoutMs,
      () => `${who.name} should send ${String(height)} lines, sends ${JSON.stringify(counts)}`,
    );
    return counts!;
  };

  /** Pictures and bits a second. */
  const rates = async (who: Person, ms: number): Promise<{ fps: number; bitrate: number }> => {
    const before = (await who.outbound())!;
    await sleep(ms);
    const after = (await who.outbound())!;
    const seconds = (after.at - before.at) / 1000;
    return {
      fps: (after.framesEncoded - before.framesEncoded) / seconds,
      bitrate: ((after.bytesSent - before.bytesSent) * 8) / seconds,
    };
  };

  it(
    'has the size, rate and bitrate of its tile: small in a crowd, more within 3 s, less after 10 s',
    { timeout: 90_000 },
    async () => {
      const crowd = await Promise.all(
        Array.from({ length: 15 }, (_, index) =>
          SignallingClient.join(server.url, 'crowd', `Person ${String(index)}`),
        ),
      );
      people.push(...crowd);
      const arrange = (mode: 'grid' | 'single', pinned: string | null): void => {
        crowd[0]!.send({ type: 'layout', mode, pinned });
      };
      const camera = { colour: css(red), width: 640, height: 360, fps: 25, busy: true };
      const alice = await Person.join(browser, server.url, 'crowd', 'Alice', {
        ...camera,
        tone: 440,
      });
      people.push(alice);
      const first = await follow(alice, 90, 10_000);
      expect(first.width).toBe(160);
      expect(first.framesEncoded).toBeLessThan(25);
      const messages = alice.received.filter(({ type }) => type === 'uplink');
      expect(messages).toEqual([expect.objectContaining({ width: 160, height: 90, fps: 15 })]);
      await sleep(1000);
      const small = await rates(alice, 3000);

      arrange('single', alice.id);
      let changed = performance.now();
      const large = await follow(alice, 360, patienceMs);
      const grownMs = performance.now() - changed;
      expect(large.width).toBe(640);
      await sleep(Math.max(0, patienceMs - grownMs));
      const many = await rates(alice, 3000);

      arrange('grid', null);
      changed = performance.now();
      await sleep(holdMs - 1500);
      expect((await alice.outbound())?.height).toBe(360);
      await follow(alice, 90, 1500 + patienceMs);
      const shrunkMs = performance.now() - changed;
      expect(shrunkMs).toBeGreaterThan(holdMs - 500);
      await sleep(Math.max(0, holdMs + patienceMs - shrunkMs));
      const few = await rates(alice, 3000);
      console.log(
        `grown after ${grownMs.toFixed(0)} ms, shrunk after ${shrunkMs.toFixed(0)} ms;`,
        [small, many, few].map(({ fps, bitrate }) => [Math.round(fps), Math.round(bitrate / 1000)]),
      );
      for (const less of [small, few]) {
        expect(less.fps).toBeGreaterThan(5);
        expect(less.fps).toBeLessThan(17);
        expect(many.fps / less.fps).toBeGreaterThan(1.2);
        expect(many.bitrate / less.bitrate).toBeGreaterThan(3);
      }
    },
  );

  it(
    'is no picture while it is not shown, and one again within 3 s when it is',
    { timeout: 90_000 },
    async () => {
      const alice = await Person.join(browser, server.url, 'hidden', 'Alice', {
        colour: css(red),
        tone: 440,
      });
      people.push(alice);
      const bob = await Person.join(browser, server.url, 'hidden', 'Bob', { colour: css(green) });
      people.push(bob);
      await bob.sees(alice.id, red);
      const arranger = await SignallingClient.join(server.url, 'hidden', 'Arranger');
      people.push(arranger);
      await sleep(1000);
      const quiet = await rates(bob, 4000);

      arranger.send({ type: 'layout', mode: 'single', pinned: bob.id });
      const hidden = performance.now();
      await bob.sees(bob.id, green);
      await until(() => alice.last('uplink')?.fps === 0, holdMs + patienceMs);
      expect(performance.now() - hidden).toBeGreaterThan(holdMs - 500);
      expect(bob.last('uplink')?.fps).toBeGreaterThan(0);
      await sleep(1000);
      const stopped = (await alice.outbound())!;
      const meanwhile = await rates(bob, 4000);
      const later = (await alice.outbound())!;
      expect(later.framesEncoded).toBe(stopped.framesEncoded);
      expect(later.audioPackets - stopped.audioPackets).toBeGreaterThan(200);
      expect(meanwhile.fps / quiet.fps).toBeGreaterThan(0.8);
      await bob.sees(bob.id, green);

      arranger.send({ type: 'layout', mode: 'grid', pinned: null });
      const shown = performance.now();
      await until(
        async () => isNear((await bob.colourOf(alice.id)) ?? green, red),
        patienceMs,
        async () => `Bob sees ${String(await bob.colourOf(alice.id))}`,
      );
      console.log(`seen again after ${(performance.now() - shown).toFixed(0)} ms`);
      await sleep(patienceMs + 1000);
      await bob.sees(alice.id, red, 500);
    },
  );
});
