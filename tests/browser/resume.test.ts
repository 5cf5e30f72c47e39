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
  [server, browser] = await Promise.all([TestServer.start(), launchChromium({ whole: true })]);
  cable = await Cable.to(server.port);
});
afterAll(async () => {
  await browser.close();
  cable.close();
  await server.stop();
});

const peersOf = ({ page }: Person): Promise<string[]> =>
  page.evaluate(() =>
    (window as unknown as { testPeers: RTCPeerConnection[] }).testPeers.map(
      ({ connectionState }) => connectionState,
    ),
  );

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
  await until(async () => (await peersOf(alice)).join() === 'connected,connected');
  const { id } = alice;
  const before = await alice.inbound();
  const sent = (await alice.outbound())!.framesEncoded;

  const told = bob.received.length;
  const toldOfPeople = (): ServerMessage[] =>
    bob.received.slice(told).filter(({ type }) => type === 'participant');

  cable.isPulled = true;
  cable.cut();
  const reconnecting = alice.page.getByText('reconnecting', { exact: false }).first();
  await reconnecting.waitFor();
  // Longer than a video without pictures is shown.
  await sleep(4000);
  await Promise.all([bob.sees(id, red, 0), alice.sees(bob.id, green, 0)]);
  const during = await alice.inbound();
  expect(during.video.framesDecoded).toBeGreaterThan(before.video.framesDecoded);
  expect((await alice.outbound())!.framesEncoded).toBeGreaterThan(sent);

  cable.isPulled = false;
  const started = performance.now();
  await until(() => alice.received.filter(({ type }) => type === 'joined').length === 2);
  withinBar('back', performance.now() - started, 5000);
  expect(alice.last('joined')).toMatchObject({ participantId: id, resumed: true });
  await reconnecting.waitFor({ state: 'hidden' });
  await sleep(500);
  const after = await alice.inbound();
  expect(after.video.ssrc).toBe(before.video.ssrc);
  expect(after.video.framesDecoded).toBeGreaterThan(during.video.framesDecoded);
  expect(await peersOf(alice)).toEqual(['connected', 'connected']);
  await bob.sees(id, red, 0);
  expect(
    server.log.filter(({ msg }) => msg === 'participant left' || msg === 'participant away'),
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
  cable.isPulled = true;
  cable.cut();
  await until(() => server.log.filter(({ msg }) => msg === 'participant away').length === 2);
  await alice.close();
  await until(() => bob.last('participant')?.event === 'left');
  await server.logged('participant hung up');
  await bob.close();
  await until(async () => (await server.metricSum('onegrid_rooms')) === 0);
  expect(server.complaints()).toEqual([]);
});
