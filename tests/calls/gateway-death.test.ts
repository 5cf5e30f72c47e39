import { rmSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { processTree } from '../bench/lab/process-cpu.ts';
import { withinBar } from '../harness/bars.ts';
import { launchChromium } from '../harness/chromium.ts';
import { SignallingClient } from '../harness/client.ts';
import { freePort } from '../harness/free-port.ts';
import { isAlive } from '../harness/leftovers.ts';
import { record } from '../harness/recordings.ts';
import { TestServer } from '../harness/server.ts';
import { makeDataDir } from '../harness/test-run.ts';
import { Trio } from '../harness/trio.ts';
import { until } from '../harness/until.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

it('nothing outlives a gateway that is killed, and three people are back without a click when it is', async () => {
  const dataDir = makeDataDir();
  open.push({
    close: () => {
      rmSync(dataDir, { recursive: true, force: true });
    },
  });
  const settings = { PORT: String(await freePort()), ONEGRID_DATA_DIR: dataDir };
  const more = { ONEGRID_MIN_FREE_BYTES: '0', ONEGRID_LOG_LEVEL: 'info' };
  const server = await TestServer.start({ ...settings, ...more });
  open.push({ close: () => server.stop('SIGKILL') });
  const browser = await launchChromium();
  open.push(browser);
  const trio = await Trio.join(browser, server.url, 'deadly');
  await record(server, 'deadly');
  const other = await SignallingClient.join(server.url, 'stopped', 'Dave');
  await other.next('offer');
  // One that cannot hear of anything, nor end by itself.
  process.kill(await server.roomPid('stopped'), 'SIGSTOP');

  let leftAfterMs = NaN;
  const backMs = await trio.survive(async () => {
    const all = processTree(server.pid);
    // The gateway, two rooms, the recording, the watchdog.
    expect(all.length).toBeGreaterThanOrEqual(5);
    const started = performance.now();
    await server.stop('SIGKILL');
    await until(
      () => !all.some(isAlive),
      () => `still there: ${all.filter(isAlive).join(', ')}`,
    );
    leftAfterMs = performance.now() - started;
    const next = await TestServer.start({ ...settings, ...more });
    open.push({ close: () => next.stop() });
  });
  withinBar('nothing left', leftAfterMs, 5000);
  console.log(`all back after ${backMs.toFixed(0)} ms`);
  await until(() => trio.hearEachOther());
  await trio.close();
});
