import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import { Crowd } from '../harness/crowd.ts';
import { type Fault, Faults } from '../harness/faults.ts';
import { Hiccups } from '../harness/hiccups.ts';
import { SendGaps } from '../harness/send-gaps.ts';
import { TestServer, traced } from '../harness/server.ts';
import { Trio } from '../harness/trio.ts';
import { sleep, until } from '../harness/until.ts';

let happen: Faults;
let server: TestServer;
let browser: Browser;
let crowd: Crowd;
let trio: Trio | undefined;
let hiccups: Hiccups;
beforeAll(async () => {
  happen = new Faults();
  hiccups = new Hiccups();
  [server, browser] = await Promise.all([
    TestServer.start({
      ...happen.environment,
      ...traced,
      ONEGRID_SPARE_ROOMS: '1',
      ONEGRID_HANG_MS: '3000',
      ONEGRID_ROOM_MEMORY_BYTES: '700000000',
    }),
    launchChromium(),
  ]);
  crowd = new Crowd(server.url, { room: 'calm', participants: 2, size: '320x180', fps: 12 });
  await until(async () => (await server.metricSum('onegrid_participants')) === 2);
});
afterEach(async () => {
  await trio?.close();
  trio = undefined;
});
afterAll(async () => {
  await crowd.leave();
  await browser.close();
  await server.stop();
  happen.close();
  await hiccups.stop();
});

it.each<readonly [Fault, Fault]>([
  ['SIGKILL', 'SIGSTOP'],
  ['SIGSEGV', 'memory'],
])(
  'three people see and hear again after %s and after %s of their room process',
  async (...two) => {
    const room = `struck-${two.join('-').toLowerCase()}`;
    const all = (trio = await Trio.join(browser, server.url, room));
    const calm = new SendGaps(server, 'calm');
    const ids = all.people.map(({ id }) => id);
    for (const fault of two) {
      // The room next door, without a fault.
      calm.take();
      await sleep(2000);
      const before = calm.take();
      await hiccups.take();
      const pid = await server.roomPid(room);
      const backMs = await all.survive(() => {
        happen.strike(pid, fault);
      });
      const during = calm.take();
      const { longestMs: machineMs } = await hiccups.take();
      console.log(
        `${fault}: back after ${backMs.toFixed(0)} ms, gaps next door ${before.toFixed(0)} ms before, ${during.toFixed(0)} ms during`,
      );
      expect(all.people.map(({ id }) => id)).toEqual(ids);
      expect(during).toBeLessThan(Math.max(500, 5 * before) + machineMs);
    }
    await until(() => all.hearEachOther());
    // What was struck is all that died.
    const died = server.log.filter(({ msg }) => msg === 'room process died');
    expect(died.filter((line) => line['room'] !== room).map((line) => line['room'])).not.toContain(
      'calm',
    );
    expect(died.filter((line) => line['room'] === room)).toHaveLength(2);
  },
);
