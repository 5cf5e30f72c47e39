import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import { SignallingClient } from '../harness/client.ts';
import { installFakeMedia } from '../harness/fake-media.ts';
import { TestServer } from '../harness/server.ts';
import { patienceMs } from '../harness/until.ts';

const file = (path: string): Buffer =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)));

let onegrid: TestServer;
let browser: Browser;
/** Any web server: it knows nothing of onegrid but two files. */
let own: Server;
beforeAll(async () => {
  own = createServer((request, response) => {
    const isLibrary = request.url === '/client.js';
    response.setHeader('content-type', isLibrary ? 'text/javascript' : 'text/html');
    response.end(file(isLibrary ? 'dist/web/client.js' : 'docs/examples/client.html'));
  });
  own.listen(0, '127.0.0.1');
  await once(own, 'listening');
  const { port } = own.address() as AddressInfo;
  [onegrid, browser] = await Promise.all([
    TestServer.start({ ONEGRID_ORIGINS: `http://localhost:${port}` }),
    launchChromium(),
  ]);
});
afterAll(async () => {
  await browser.close();
  await onegrid.stop();
  own.close();
});

it('the example page of the client library joins a room and shows its picture', async () => {
  const page = await browser.newPage();
  page.setDefaultTimeout(patienceMs);
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  await page.addInitScript(installFakeMedia, { colour: '#5b6fa8', tone: 0, fps: 5 });
  const { port } = own.address() as AddressInfo;
  const query = new URLSearchParams({ server: `ws://localhost:${onegrid.port}/ws`, room: 'own' });
  await page.goto(`http://localhost:${port}/?${query.toString()}`);
  await page.getByPlaceholder('Your name').fill('Ana');
  await page.keyboard.press('Enter');
  await page.getByText('live Ana').waitFor();
  const ben = await SignallingClient.join(onegrid.url, 'own', 'Ben');
  await page.getByText('live Ana, Ben').waitFor();
  await page.waitForFunction(() => document.querySelector('video')!.videoWidth > 0);
  await page.close();
  await ben.next('participant', ({ event }) => event === 'left');
  await ben.close();
  expect(errors).toEqual([]);
});
