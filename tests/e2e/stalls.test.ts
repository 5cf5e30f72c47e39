import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isNear, launchChromium, Person } from '../harness/chromium.ts';
import { TestHost, whyNoNetwork } from '../harness/network.ts';
import type { Rgb } from '../harness/probes.ts';
import { longestGap, TestServer } from '../harness/server.ts';
import { sleep, until } from '../harness/until.ts';

const red: Rgb = [200, 30, 30];
const green: Rgb = [30, 170, 60];
const css = (colour: Rgb): string => `rgb(${colour.join(',')})`;
const timeoutMs = 6000;
const fps = 25;

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
    server = await TestServer.start({
      ONEGRID_MEDIA_TIMEOUT_MS: String(timeoutMs),
      // Pictures are counted: their rate must not change with what a busy machine makes of the path.
      ONEGRID_RUNGS: 'high',
      // Whoever fell silent is not waited for with the next test.
      ONEGRID_RESUME_MS: '1000',
    });
    browser = await launchChromium();
  });
  afterEach(async () => {
    await until(async () => (await server.metricSum('onegrid_rooms')) === 0, 15_000);
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  /**
   * Bob watches Alice. Something happens to Alice: initials after 3 s, gone after the timeout, and the
   * pictures sent to Bob keep coming as in the quiet seconds before.
   */
  async function fallsSilent(alice: Person, bob: Person, happen: () => void): Promise<void> {
    await bob.sees(alice.id, red);
    await alice.sees(bob.id, green);
    const windowMs = timeoutMs + 1500;
    const before = server.sentTo(bob.id).length;
    await sleep(windowMs);
    const quietFrames = server.sentTo(bob.id).slice(before);
    const quiet = quietFrames.length;
    expect(quiet).toBeGreaterThan((windowMs / 1000) * fps * 0.8);

    const { id } = alice;
    const from = server.sentTo(bob.id).length;
    const started = performance.now();
    happen();
    await until(async () => !isNear((await bob.colourOf(id)) ?? red, red), 6000);
    const initialsMs = performance.now() - started;
    expect(bob.tileOf(id)).toBeDefined();
    expect(initialsMs).toBeGreaterThan(2500);
    await until(() => bob.tileOf(id) === undefined, timeoutMs + 4000);
    const goneMs = performance.now() - started;
    // The last RTCP came up to a second or two before it happened.
    expect(goneMs).toBeGreaterThan(timeoutMs - 2500);
    expect(goneMs).toBeLessThan(timeoutMs + 3000);
    expect(bob.received).toContainEqual(
      expect.objectContaining({ type: 'participant', event: 'left' }),
    );
    await sleep(Math.max(0, windowMs - (performance.now() - started)));
    const elapsed = performance.now() - started;
    const during = (server.sentTo(bob.id).length - from) * (windowMs / elapsed);
    console.log(
      `initials after ${initialsMs.toFixed(0)} ms, gone after ${goneMs.toFixed(0)} ms, ` +
        `${String(quiet)} pictures before, ${during.toFixed(0)} during`,
    );
    expect(during).toBeGreaterThanOrEqual(0.95 * quiet);
    const longest = longestGap(server.sentTo(bob.id).slice(from));
    expect(longest).toBeLessThanOrEqual(2 * longestGap(quietFrames));
    expect(server.complaints()).toEqual([]);
  }

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
      await fallsSilent(alice, bob, () => {
        for (const pid of renderers) process.kill(pid, 'SIGSTOP');
      });
      for (const pid of renderers) process.kill(pid, 'SIGCONT');
      await bob.close();
    } finally {
      await victims.close();
    }
  });

  const noNetwork = whyNoNetwork();
  it.skipIf(noNetwork !== null)(
    `because the network is cut${noNetwork === null ? '' : ` (skipped: ${noNetwork})`}`,
    async () => {
      const host = TestHost.create(0);
      const url = `http://${host.serverAddress}:${String(server.port)}`;
      const away = await launchChromium({
        host,
        more: [`--unsafely-treat-insecure-origin-as-secure=${url}`],
      });
      try {
        const alice = await Person.join(away, url, 'cut', 'Alice', {
          colour: css(red),
          tone: 440,
          fps: 10,
        });
        const bob = await Person.join(browser, server.url, 'cut', 'Bob', { colour: css(green) });
        await fallsSilent(alice, bob, () => {
          host.cut();
        });
        await bob.close();
      } finally {
        await away.close();
        host.remove();
      }
    },
  );
});
