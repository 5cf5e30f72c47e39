import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ServerMessage } from '../../mcu/protocol/server.ts';
import { withinBar } from '../harness/bars.ts';
import { Cable } from '../harness/cable.ts';
import { launchChromium, Person } from '../harness/chromium.ts';
import type { Rgb } from '../harness/probes.ts';
import { TestServer } from '../harness/server.ts';
import { sleep, until } from '../harness/until.ts';

const red: Rgb = [200, 30, 30];
const green: Rgb = [30, 170, 60];
const css = (colour: Rgb): string => `rgb(${colour.join(',')})`;

let server: TestServer;
let browser: Browser;
let cable: Cable;
beforeAll(async () => {
  [server, browser] = await Promise.all([
    // One quality, so that no load on this machine takes the picture away; and it may take its time to come back.
    TestServer.start({ ONEGRID_RUNGS: 'high', ONEGRID_RESUME_MS: '300000' }),
    // One that gets no time while others do loses its connections by itself.
    launchChromium({ whole: true, polite: false }),
  ]);
  cable = await Cable.to(server.port);
});
afterAll(async () => {
  await browser.close();
  cable.close();
  await server.stop();
});

/** Of all PeerConnections that a page has made, in their order, which are not closed, and how they are. */
const peersOf = ({ page }: Person): Promise<string[]> =>
  page.evaluate(() =>
    (window as unknown as { testPeers: RTCPeerConnection[] }).testPeers
      .map(({ connectionState }, index) => `${String(index)} ${connectionState}`)
      .filter((each) => !each.endsWith('closed')),
  );

/** Waits until somebody's browser has decoded more pictures than now. */
async function getsMore(person: Person): Promise<void> {
  const { video } = await person.inbound();
  await until(async () => (await person.inbound()).video.framesDecoded > video.framesDecoded);
}

/** Waits until somebody's browser has sent more pictures than now. */
async function sendsMore(person: Person): Promise<void> {
  const sent = async () => (await person.outbound())?.framesEncoded ?? 0;
  const now = await sent();
  await until(async () => (await sent()) > now);
}

const awaySaid = () => server.log.filter(({ msg }) => msg === 'participant away').length;

it('a call goes on while the WebSocket is gone, and the page is back by itself', async () => {
  const alice = await Person.join(browser, cable.url, 'cable', 'Alice', {
    colour: css(red),
    tone: 440,
    fps: 10,
  });
  const bob = await Person.join(browser, server.url, 'cable', 'Bob', {
    colour: css(green),
    fps: 10,
  });
  await Promise.all([bob.sees(alice.id, red), alice.sees(bob.id, green)]);
  const { id } = alice;
  let ssrc: number | undefined;
  let peers: string[] = [];
  // The last look before the cut: a connection that is being made then never comes about.
  await until(
    async () => {
      ssrc = (await alice.streams()).video?.ssrc;
      peers = await peersOf(alice);
      const areAll = peers.length === 2 && peers.every((each) => each.endsWith(' connected'));
      return areAll && ssrc !== undefined;
    },
    () => `the picture is ${String(ssrc)}, and the connections are ${peers.join()}`,
  );

  const told = bob.received.length;
  const joins = () => alice.received.filter(({ type }) => type === 'joined').length;
  const joinsBefore = joins();
  const logged = server.log.length;
  const toldOfPeople = (): ServerMessage[] =>
    bob.received.slice(told).filter(({ type }) => type === 'participant');

  cable.isPulled = true;
  cable.cut();
  const reconnecting = alice.page.getByText('reconnecting', { exact: false }).first();
  await reconnecting.waitFor();
  // Longer than a video without pictures is shown.
  await sleep(4000);
  await Promise.all([bob.sees(id, red), alice.sees(bob.id, green)]);
  await Promise.all([getsMore(alice), sendsMore(alice)]);

  cable.isPulled = false;
  const started = performance.now();
  await until(() => joins() > joinsBefore);
  withinBar('back', performance.now() - started, 5000);
  expect(alice.last('joined')).toMatchObject({ participantId: id, resumed: true });
  await reconnecting.waitFor({ state: 'hidden' });
  await sleep(500);
  await getsMore(alice);
  // It is all as it was.
  expect((await alice.inbound()).video.ssrc).toBe(ssrc);
  await until(
    async () => (await peersOf(alice)).join() === peers.join(),
    async () => (await peersOf(alice)).join(),
  );
  await bob.sees(id, red);
  expect(
    server.log
      .slice(logged)
      .filter(({ msg }) => msg === 'participant left' || msg === 'participant away'),
  ).toMatchObject([{ msg: 'participant away', participant: id }]);
  expect(toldOfPeople()).toEqual([]);

  // What is signalled gets through again.
  await alice.press('Mute');
  await until(() => toldOfPeople().length > 0);
  expect(bob.last('participant')).toMatchObject({
    event: 'changed',
    participant: { id, audio: false },
  });

  // Who closes the page is not waited for, though nothing can be said any more: the PeerConnections are closed with it.
  const awayBefore = awaySaid();
  cable.isPulled = true;
  cable.cut();
  await until(() => awaySaid() > awayBefore);
  await alice.close();
  await until(() => bob.last('participant')?.event === 'left');
  await server.logged('participant hung up');
  await bob.close();
  await until(async () => (await server.metricSum('onegrid_rooms')) === 0);
  expect(server.complaints()).toEqual([]);
});
