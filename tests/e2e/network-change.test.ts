import { expect, it } from 'vitest';
import { withinBar } from '../harness/bars.ts';
import { launchChromium, Person } from '../harness/chromium.ts';
import { TestHost, whyNoNetwork } from '../harness/network.ts';
import type { Rgb } from '../harness/probes.ts';
import { TestServer } from '../harness/server.ts';
import { SecondLink } from '../harness/two-links.ts';
import { until } from '../harness/until.ts';

const red: Rgb = [200, 30, 30];

/** Runs in the page: how many PeerConnections there were, and what came of the change. */
const readPage = (): { peers: number; states: string[]; events: string[] } => {
  const page = window as unknown as { testPeers: RTCPeerConnection[]; networkEvents?: string[] };
  return {
    peers: page.testPeers.length,
    states: page.testPeers.map(({ connectionState }) => connectionState),
    events: page.networkEvents ?? [],
  };
};

const why = whyNoNetwork();
it.skipIf(why !== null)(
  `another network brings fresh PeerConnections within seconds${why === null ? '' : ` (skipped: ${why})`}`,
  async () => {
    const host = TestHost.create(2);
    const second = new SecondLink(host, 3);
    const server = await TestServer.start();
    const url = `http://${second.serverAddress}:${String(server.port)}`;
    const browser = await launchChromium({
      host,
      polite: false,
      more: [`--unsafely-treat-insecure-origin-as-secure=${url}`],
    });
    try {
      const alice = await Person.join(browser, url, 'links', 'Alice', {
        colour: `rgb(${red.join(',')})`,
        tone: 440,
        fps: 10,
      });
      await alice.sees(alice.id, red);
      await alice.page.evaluate(() => {
        const events: string[] = [];
        Object.assign(window, { networkEvents: events });
        const started = performance.now();
        const note = (type: string) => () => {
          events.push(`${type} ${(performance.now() - started).toFixed(0)}`);
        };
        for (const type of ['online', 'offline']) window.addEventListener(type, note(type));
        const { connection } = navigator as unknown as { connection?: EventTarget };
        connection?.addEventListener('change', note('change'));
        const { testPeers } = window as unknown as { testPeers: RTCPeerConnection[] };
        for (const [index, peer] of testPeers.entries()) {
          peer.addEventListener('connectionstatechange', () => {
            note(`${String(index)} ${peer.connectionState}`)();
          });
        }
      });
      const { peers } = await alice.page.evaluate(readPage);
      const started = performance.now();
      second.switchOver();
      await until(
        async () => (await alice.page.evaluate(readPage)).peers >= peers + 2,
        async () => JSON.stringify(await alice.page.evaluate(readPage)),
      );
      const freshMs = performance.now() - started;
      await until(
        async () => {
          const { states } = await alice.page.evaluate(readPage);
          const { video } = await alice.inbound();
          const isFresh = states.slice(0, peers).every((state) => state === 'closed');
          return isFresh && video.framesDecoded > 0;
        },
        async () => JSON.stringify(await alice.page.evaluate(readPage)),
      );
      const seenMs = performance.now() - started;
      await alice.sees(alice.id, red);
      console.log(
        `a picture after ${seenMs.toFixed(0)} ms`,
        JSON.stringify(await alice.page.evaluate(readPage)),
        alice.received.filter(({ type }) => type === 'joined').length,
      );
      // Without load 2 s; Chromium by itself would not even call it disconnected before 5.
      withinBar('fresh PeerConnections', freshMs, 5000);
      expect(server.complaints()).toEqual([]);
    } finally {
      await browser.close();
      await server.stop();
      second.remove();
      host.remove();
    }
  },
);
