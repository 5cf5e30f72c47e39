import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, Person } from '../harness/chromium.ts';
import { loseInput, whyNoImpairment } from '../harness/impair.ts';
import { type InboundStream, readInbound } from '../harness/inbound.ts';
import { TestHost } from '../harness/network.ts';
import { TestServer } from '../harness/server.ts';
import { sleep, until } from '../harness/until.ts';

/** Runs in the page before anything else: its answers know no RED. */
function takeNoRed(): void {
  type Set = (description: RTCSessionDescriptionInit) => Promise<void>;
  const { prototype } = RTCPeerConnection;
  const set = Reflect.get(prototype, 'setRemoteDescription') as Set;
  Reflect.set(
    prototype,
    'setRemoteDescription',
    function (this: RTCPeerConnection, { type, sdp = '' }: RTCSessionDescriptionInit) {
      const without = sdp
        .replace(/(m=audio .*) 63\b/, '$1')
        .replace(/a=(rtpmap|fmtp):63 .*\r\n/g, '');
      return set.call(this, { type, sdp: without });
    },
  );
}

const why = whyNoImpairment();
describe.skipIf(why !== null)(`sound over a bad network ${why ?? ''}`, () => {
  let server: TestServer;
  let host: TestHost;
  let url: string;
  let near: Browser;
  let far: Browser;
  const people: Person[] = [];

  beforeAll(async () => {
    server = await TestServer.start();
    host = TestHost.create(1);
    url = `http://${host.serverAddress}:${String(server.port)}`;
    near = await launchChromium();
    far = await launchChromium({
      host,
      polite: false,
      more: [`--unsafely-treat-insecure-origin-as-secure=${url}`],
    });
  });
  afterEach(async () => {
    await Promise.all(people.splice(0).map((each) => each.close()));
    expect(server.complaints()).toEqual([]);
  });
  afterAll(async () => {
    await Promise.all([near.close(), far.close()]);
    host.remove();
    await server.stop();
  });

  /** What the browser's statistics say of the sound, once there is some. */
  const heard = async (person: Person): Promise<InboundStream> => {
    let audio: InboundStream | undefined;
    await until(
      async () => (audio = (await person.page.evaluate(readInbound)).audio) !== undefined,
      10_000,
    );
    return audio!;
  };

  /** What came between two looks. */
  const since = (a: InboundStream, b: InboundStream) => {
    const packets = b.packetsReceived - a.packetsReceived;
    const lost = b.packetsLost - a.packetsLost;
    return {
      packets,
      lost: lost / (packets + lost),
      payload: (b.bytesReceived - a.bytesReceived) / packets,
      concealed:
        (b.concealedSamples - a.concealedSamples) /
        (b.totalSamplesReceived - a.totalSamplesReceived),
    };
  };

  it(
    'is sent twice to who misses packets, and hardly any of it is missed',
    { timeout: 120_000 },
    async () => {
      const speaker = await Person.join(near, server.url, 'lossy', 'Speaker', { tone: 'speech' });
      people.push(speaker);
      const listen = async (name: string, takesRed: boolean): Promise<Person> => {
        const person = await Person.open(far, url, 'lossy', name, {});
        people.push(person);
        if (!takesRed) {
          await person.page.evaluate(takeNoRed);
        }
        await person.enter();
        await person.chooses('Sound only');
        return person;
      };
      const red = await listen('Red', true);
      const fec = await listen('Fec', false);
      const measure = async (ms: number) => {
        const before = await Promise.all([red, fec].map(heard));
        await sleep(ms);
        const after = await Promise.all([red, fec].map(heard));
        return after.map((audio, index) => since(before[index]!, audio));
      };
      await until(async () => (await heard(red)).packetsReceived > 30, 15_000);
      const quiet = await measure(3000);
      loseInput(host, 5);
      const grown = quiet[0]!.payload * 1.7;
      await until(
        async () => (await measure(1000))[0]!.payload > grown,
        15_000,
        () => 'no RED has come',
      );
      const lossy = await measure(15_000);
      console.log('quiet', quiet, 'lossy', lossy);
      expect(lossy[0]!.payload).toBeGreaterThan(grown);
      expect(lossy[1]!.payload).toBeLessThan(1.2 * quiet[1]!.payload);
      expect(lossy[0]!.concealed).toBeLessThan(0.02);
      loseInput(host, 0);
    },
  );
});
