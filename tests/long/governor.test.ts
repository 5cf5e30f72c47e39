import { afterEach, expect, it } from 'vitest';
import { SignallingClient } from '../harness/client.ts';
import { TestServer } from '../harness/server.ts';
import { sleep, until } from '../harness/until.ts';

let server: TestServer;
let ana: SignallingClient;
afterEach(async () => {
  await ana.close();
  await server.stop();
});

/** Holds a process up: two fifths of its time, for some seconds. */
async function holdUp(pid: number, seconds: number): Promise<void> {
  const untilMs = performance.now() + seconds * 1000;
  while (performance.now() < untilMs) {
    process.kill(pid, 'SIGSTOP');
    await sleep(400);
    process.kill(pid, 'SIGCONT');
    await sleep(600);
  }
}

it('a room that is held up asks for less, gives less, says why, and has all again when it is not', async () => {
  server = await TestServer.start({
    ONEGRID_GOVERNOR: 'on',
    ONEGRID_UPLINK_HOLD_MS: '60000',
  });
  ana = await SignallingClient.join(server.url, 'governor', 'Ana', {
    media: { audio: true, video: true },
  });
  expect(await ana.next('uplink')).toMatchObject({ fps: 25 });
  await holdUp(await server.roomPid(), 15);
  expect(await ana.next('uplink', ({ fps }) => fps === 15)).toMatchObject({ fps: 15 });
  expect(await ana.next('quality', ({ reason }) => reason === 'server')).toMatchObject({
    rung: 'medium',
  });
  expect(await server.metricSum('onegrid_governor_level')).toBeGreaterThanOrEqual(3);
  expect(await server.metricSum('onegrid_rooms_saving')).toBe(1);

  await until(async () => (await server.metricSum('onegrid_governor_level')) === 0);
  const told = (type: 'uplink' | 'quality') => ana.received.findLast((each) => each.type === type);
  expect(told('quality')).toMatchObject({ rung: 'high', reason: 'auto' });
  expect(told('uplink')).toMatchObject({ fps: 25 });
  expect(await server.metric('onegrid_governor_steps_total')).toSatisfy(
    (steps: Map<string, number>) => new Set(steps.values()).size === 1,
  );
  expect(server.complaints()).toEqual([]);
});
