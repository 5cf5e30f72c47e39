import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withinBar } from '../harness/bars.ts';
import { launchChromium, Person } from '../harness/chromium.ts';
import {
  css,
  fallsSilent,
  green,
  red,
  silenceSettings,
  timeoutMs,
} from '../harness/falls-silent.ts';
import { TestServer } from '../harness/server.ts';
import { until } from '../harness/until.ts';

/** Process ids of a browser's renderers. */
async function renderersOf(browser: Browser): Promise<number[]> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
}

describe('somebody who falls silent', () => {
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await TestServer.start(silenceSettings);
    browser = await launchChromium();
  });
  afterEach(async () => {
    await until(async () => (await server.metricSum('onegrid_rooms')) === 0);
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  it('because the page hangs', async () => {
    const victims = await launchChromium();
    try {
      const alice = await Person.join(victims, server.url, 'hang', 'Alice', {
        colour: css(red),
        tone: 440,
        fps: 10,
      });
      const bob = await Person.join(browser, server.url, 'hang', 'Bob', { colour: css(green) });
      const renderers = await renderersOf(victims);
      expect(renderers.length).toBeGreaterThan(0);
      const goneMs = await fallsSilent(server, alice, bob, () => {
        for (const pid of renderers) process.kill(pid, 'SIGSTOP');
      });
      withinBar('gone', goneMs, timeoutMs + 3000);
      for (const pid of renderers) process.kill(pid, 'SIGCONT');
      await bob.close();
    } finally {
      await victims.close();
    }
  });
});
