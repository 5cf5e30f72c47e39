import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, Person } from '../harness/chromium.ts';
import { TestTurnServer, turnSecret, whyNoCoturn } from '../harness/coturn.ts';
import { noUdp, setRules, whyNoFirewall } from '../harness/firewall.ts';
import { TestHost } from '../harness/network.ts';
import type { IceWays } from '../harness/peers.ts';
import type { Rgb } from '../harness/probes.ts';
import { TestServer } from '../harness/server.ts';
import { until } from '../harness/until.ts';

const red: Rgb = [200, 30, 30];
const css = (colour: Rgb): string => `rgb(${colour.join(',')})`;
const ports = { first: 21_000, last: 21_099 };
const turnPort = 22_000;

const why = whyNoFirewall() ?? whyNoCoturn();
describe.skipIf(why !== null)(`ICE${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let host: TestHost;
  let server: TestServer;
  let turn: TestTurnServer;
  /** On the host. */
  let away: Browser;
  let url: string;
  const people: Person[] = [];

  beforeAll(async () => {
    host = TestHost.create(1);
    turn = await TestTurnServer.start(host.serverAddress, turnPort);
    server = await TestServer.start({
      ONEGRID_UDP_PORTS: `${String(ports.first)}-${String(ports.last)}`,
      ONEGRID_TURN_SECRET: turnSecret,
      ONEGRID_TURN_URLS: turn.urls.join(','),
    });
    url = `http://${host.serverAddress}:${String(server.port)}`;
    // It has the machine nearly for itself.
    away = await launchChromium({
      host,
      polite: false,
      more: [`--unsafely-treat-insecure-origin-as-secure=${url}`],
    });
  });
  afterEach(async () => {
    setRules(host, '');
    await Promise.all(people.splice(0).map((each) => each.close()));
    await until(async () => (await server.metricSum('onegrid_rooms')) === 0, 10_000);
    expect(server.complaints()).toEqual([]);
  });
  afterAll(async () => {
    await away.close();
    await server.stop();
    await turn.stop();
    host.remove();
  });

  /** Somebody on the host sees in the composite what they send, and gets sound. */
  const call = async (room: string, ways: IceWays): Promise<Person> => {
    const media = { colour: css(red), tone: 640, fps: 10 };
    const alice = await Person.open(away, url, room, 'Alice', media, ways);
    people.push(alice);
    const started = performance.now();
    await alice.enter();
    await alice.sees(alice.id, red);
    const seenMs = performance.now() - started;
    const received = (await alice.inbound()).audio.packetsReceived;
    const sent = (await alice.outbound())?.audioPackets ?? 0;
    await until(async () => (await alice.inbound()).audio.packetsReceived > received, 5000);
    await until(async () => ((await alice.outbound())?.audioPackets ?? 0) > sent, 5000);
    const pairs = await alice.selectedPairs();
    console.log(`${room}: seen after ${seenMs.toFixed(0)} ms`, JSON.stringify(pairs));
    return alice;
  };

  it('goes through TURN over UDP, with credentials of the participant', async () => {
    const alice = await call('turn-udp', 'relay-udp');
    const { iceServers } = alice.last('joined')!;
    expect(iceServers).toEqual([
      expect.objectContaining({
        urls: turn.urls,
        username: expect.stringMatching(new RegExp(`^\\d{10}:${alice.id}$`)) as string,
      }),
    ]);
    const { uplink, downlink } = await alice.selectedPairs();
    for (const { local } of [uplink, downlink]) {
      expect(local).toMatchObject({ candidateType: 'relay', relayProtocol: 'udp' });
    }
  });

  it('goes through TURN over TCP where UDP is dropped', async () => {
    setRules(host, noUdp);
    const alice = await call('turn-tcp', 'relay');
    const { uplink, downlink } = await alice.selectedPairs();
    for (const { local } of [uplink, downlink]) {
      expect(local).toMatchObject({ candidateType: 'relay', relayProtocol: 'tcp' });
    }
  });

  it('needs no TURN for the uplink where UDP is dropped: the server takes TCP', async () => {
    setRules(host, noUdp);
    const alice = await call('ice-tcp', 'direct-uplink');
    const { uplink, downlink } = await alice.selectedPairs();
    expect(uplink.local.protocol).toBe('tcp');
    expect(uplink.local.candidateType).not.toBe('relay');
    expect(uplink.remote).toMatchObject({ protocol: 'tcp', address: host.serverAddress });
    expect(uplink.remote.port).toBeGreaterThanOrEqual(ports.first);
    expect(uplink.remote.port).toBeLessThanOrEqual(ports.last);
    expect(downlink.local).toMatchObject({ candidateType: 'relay', relayProtocol: 'tcp' });
  });
});
