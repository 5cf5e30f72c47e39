import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isNear, launchChromium, Person } from '../harness/chromium.ts';
import type { FakeMedia } from '../harness/fake-media.ts';
import { TestHost, whyNoNetwork } from '../harness/network.ts';
import type { Rgb } from '../harness/probes.ts';
import { longestGap, type SentFrame, TestServer } from '../harness/server.ts';
import { sleep, until } from '../harness/until.ts';

const red: Rgb = [200, 30, 30];
const green: Rgb = [30, 170, 60];
const blue: Rgb = [40, 60, 210];
const css = (colour: Rgb): string => `rgb(${colour.join(',')})`;
const timeoutMs = 5000;
const fps = 25;
/** For how long is measured: the timeout, and what comes after it. */
const windowMs = timeoutMs + 1500;

/** Process ids of a browser's renderers. */
async function renderersOf(browser: Browser): Promise<number[]> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
}

describe('somebody who falls silent', () => {
  const noNetwork = whyNoNetwork();
  let server: TestServer;
  /** Of Bob, of Alice, and of Carol, who is on a host of her own. */
  let browser: Browser;
  let victims: Browser;
  let host: TestHost | undefined;
  let away: Browser | undefined;
  let bob: Person;
  let alice: Person;
  let carol: Person | undefined;
  /** What was sent to Bob in quiet seconds. */
  let quiet: SentFrame[];

  beforeAll(async () => {
    server = await TestServer.start({
      ONEGRID_MEDIA_TIMEOUT_MS: String(timeoutMs),
      // Whoever fell silent is not waited for with the next test.
      ONEGRID_RESUME_MS: '1000',
      // Pictures are counted: their rate must not change with what a busy machine makes of the path.
      ONEGRID_RUNGS: 'high',
    });
    host = noNetwork === null ? TestHost.create(0) : undefined;
    const url = `http://${host?.serverAddress ?? ''}:${String(server.port)}`;
    [browser, victims, away] = await Promise.all([
      launchChromium(),
      launchChromium(),
      host &&
        launchChromium({
          host,
          more: [`--unsafely-treat-insecure-origin-as-secure=${url}`],
        }),
    ]);
    const media = (colour: Rgb): FakeMedia => ({ colour: css(colour), fps: 10 });
    [bob, alice, carol] = await Promise.all([
      Person.join(browser, server.url, 'silent', 'Bob', { colour: css(green) }),
      Person.join(victims, server.url, 'silent', 'Alice', { ...media(red), tone: 440 }),
      away && Person.join(away, url, 'silent', 'Carol', { ...media(blue), tone: 750 }),
    ]);
    await bob.sees(alice.id, red);
    await alice.sees(bob.id, green);
    if (carol !== undefined) {
      await bob.sees(carol.id, blue);
      await carol.sees(bob.id, green);
    }
    const before = server.sentTo(bob.id).length;
    await sleep(windowMs);
    quiet = server.sentTo(bob.id).slice(before);
    expect(quiet.length).toBeGreaterThan((windowMs / 1000) * fps * 0.8);
  });
  afterAll(async () => {
    await Promise.all([browser.close(), victims.close(), away?.close()]);
    await until(async () => (await server.metricSum('onegrid_rooms')) === 0, 15_000);
    await server.stop();
    host?.remove();
  });

  /**
   * Bob watches somebody to whom something happens: initials after 3 s, gone after the timeout, and the
   * pictures sent to Bob keep coming as in the quiet seconds.
   */
  async function fallsSilent({ id }: Person, colour: Rgb, happen: () => void): Promise<void> {
    await bob.sees(id, colour);
    const from = server.sentTo(bob.id).length;
    const started = performance.now();
    happen();
    await until(async () => !isNear((await bob.colourOf(id)) ?? colour, colour), 6000);
    const initialsMs = performance.now() - started;
    expect(bob.tileOf(id)).toBeDefined();
    expect(initialsMs).toBeGreaterThan(2500);
    await until(() => bob.tileOf(id) === undefined, timeoutMs + 4000);
    const goneMs = performance.now() - started;
    // The last RTCP came up to a second or two before it happened.
    expect(goneMs).toBeGreaterThan(timeoutMs - 2500);
    expect(goneMs).toBeLessThan(timeoutMs + 3000);
    expect(bob.received).toContainEqual(
      expect.objectContaining({
        ...{ type: 'participant', event: 'left' },
        participant: expect.objectContaining({ id }) as unknown,
      }),
    );
    await sleep(Math.max(0, windowMs - (performance.now() - started)));
    const elapsed = performance.now() - started;
    const during = (server.sentTo(bob.id).length - from) * (windowMs / elapsed);
    console.log(
      `initials after ${initialsMs.toFixed(0)} ms, gone after ${goneMs.toFixed(0)} ms, ` +
        `${String(quiet.length)} pictures before, ${during.toFixed(0)} during`,
    );
    expect(during).toBeGreaterThanOrEqual(0.95 * quiet.length);
    const longest = longestGap(server.sentTo(bob.id).slice(from));
    expect(longest).toBeLessThanOrEqual(2 * longestGap(quiet));
    expect(server.complaints()).toEqual([]);
  }

  it('because the page hangs', async () => {
    const renderers = await renderersOf(victims);
    expect(renderers.length).toBeGreaterThan(0);
    await fallsSilent(alice, red, () => {
      for (const pid of renderers) process.kill(pid, 'SIGSTOP');
    }).finally(async () => {
      for (const pid of renderers) process.kill(pid, 'SIGCONT');
      await victims.close();
    });
  });

  it.skipIf(noNetwork !== null)(
    `because the network is cut${noNetwork === null ? '' : ` (skipped: ${noNetwork})`}`,
    async () => {
      await until(() => bob.last('layout')?.tiles.length === 2, 5000);
      await fallsSilent(carol!, blue, () => {
        host!.cut();
      });
    },
  );
});
