import { execFileSync } from 'node:child_process';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ServerMessage } from '../../mcu/protocol/server.ts';
import { launchChromium, Person } from '../harness/chromium.ts';
import { checkAgain, checkFinds } from '../harness/connection-check.ts';
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
const announced = '203.0.113.7';

const isLast = (message: ServerMessage): boolean =>
  message.type === 'candidate' && message.candidate === null;

const why = whyNoFirewall() ?? whyNoCoturn();
describe.skipIf(why !== null)(`ICE${why === null ? '' : ` (skipped: ${why})`}`, () => {
  let host: TestHost;
  let server: TestServer;
  /** Announces an address that is not its own. */
  let natted: TestServer;
  let turn: TestTurnServer;
  /** On the host. */
  let away: Browser;
  let url: string;
  let nattedUrl: string;
  const people: Person[] = [];

  beforeAll(async () => {
    host = TestHost.create(1);
    turn = await TestTurnServer.start(host.serverAddress, turnPort);
    [server, natted] = await Promise.all([
      TestServer.start({
        ONEGRID_UDP_PORTS: `${String(ports.first)}-${String(ports.last)}`,
        ONEGRID_TURN_SECRET: turnSecret,
        ONEGRID_TURN_URLS: turn.urls.join(','),
      }),
      TestServer.start({ ONEGRID_ANNOUNCED_IP: announced }),
    ]);
    [url, nattedUrl] = [server, natted].map(
      ({ port }) => `http://${host.serverAddress}:${String(port)}`,
    ) as [string, string];
    // It has the machine nearly for itself.
    away = await launchChromium({
      host,
      polite: false,
      more: [`--unsafely-treat-insecure-origin-as-secure=${url},${nattedUrl}`],
    });
  });
  afterEach(async () => {
    setRules(host, '');
    await Promise.all(people.splice(0).map((each) => each.close()));
    for (const each of [server, natted]) {
      await until(async () => (await each.metricSum('onegrid_rooms')) === 0);
      expect(each.complaints()).toEqual([]);
    }
  });
  afterAll(async () => {
    await away.close();
    await Promise.all([server.stop(), natted.stop()]);
    await turn.stop();
    host.remove();
  });

  /** Somebody on the host sees in the composite what they send, and gets sound. */
  const call = async (room: string, ways: IceWays | 'any', at = url): Promise<Person> => {
    const media = { colour: css(red), tone: 640, fps: 10 };
    const limit = ways === 'any' ? undefined : ways;
    const alice = await Person.open(away, at, room, 'Alice', media, limit);
    people.push(alice);
    const started = performance.now();
    await alice.enter();
    await alice.sees(alice.id, red);
    const seenMs = performance.now() - started;
    const received = (await alice.inbound()).audio.packetsReceived;
    const sent = (await alice.outbound())?.audioPackets ?? 0;
    await until(async () => (await alice.inbound()).audio.packetsReceived > received);
    await until(async () => ((await alice.outbound())?.audioPackets ?? 0) > sent);
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

  it('keeps the media ports of both directions within their range', async () => {
    const alice = await call('ports', 'any');
    const isComplete = (pc: string): boolean =>
      alice.received.some((message) => isLast(message) && 'pc' in message && message.pc === pc);
    await until(() => isComplete('uplink') && isComplete('downlink'));
    const told = alice.received.flatMap((message) =>
      message.type === 'candidate' && message.candidate !== null
        ? [{ pc: message.pc, fields: message.candidate.candidate.split(' ') }]
        : [],
    );
    const hosts = told.filter(({ fields }) => fields[7] === 'host');
    for (const { fields } of hosts) {
      expect(Number(fields[5]), fields.join(' ')).toBeGreaterThanOrEqual(ports.first);
      expect(Number(fields[5]), fields.join(' ')).toBeLessThanOrEqual(ports.last);
    }
    const kinds = new Set(hosts.map(({ pc, fields }) => `${pc} ${fields[2]!.toLowerCase()}`));
    // TCP comes last, and only if nothing has connected by then; the test of it is below.
    kinds.delete('uplink tcp');
    expect(kinds).toEqual(new Set(['uplink udp', 'downlink udp']));
    expect(told.filter(({ fields }) => fields[2] === 'tcp' && fields[9] !== 'passive')).toEqual([]);
  });

  it('reaches a server behind a NAT by the announced address alone', async () => {
    execFileSync('ip', [
      ...['-n', host.namespace, 'route', 'replace', announced, 'via', host.serverAddress],
    ]);
    // Nobody comes to the browser unasked: the server's own checks must not find the way.
    setRules(
      host,
      `chain out { type nat hook output priority -100; ip daddr ${announced} dnat to ${host.serverAddress}; }
       chain in { type filter hook input priority 0; meta l4proto udp ct direction original drop; }`,
    );
    const alice = await call('nat', 'any', nattedUrl);
    const { uplink, downlink } = await alice.selectedPairs();
    for (const { remote } of [uplink, downlink]) {
      expect(remote).toMatchObject({ candidateType: 'host', address: announced });
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

  it('is told in the lobby which ways there are', async () => {
    const lobby = await Person.open(away, url, 'lobby', 'Alice', {});
    people.push(lobby);
    const { page } = lobby;
    const line = (what: string, how: string) =>
      page.locator('dl div', { hasText: what }).filter({ hasText: how });
    await checkFinds(page, line('UDP', 'gets through'));
    await checkFinds(page, line('Relay', 'reached by UDP'));
    setRules(host, noUdp);
    await page.getByText('Details').click();
    await checkAgain(page);
    await checkFinds(page, page.getByText('UDP is blocked here: the call may stutter.'));
    await checkFinds(page, line('Relay', 'reached by TCP'));
  });
});
