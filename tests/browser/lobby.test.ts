import { networkInterfaces } from 'node:os';
import { type Browser, type BrowserContextOptions, devices, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import { SignallingClient } from '../harness/client.ts';
import { checkAgain, checkFinds } from '../harness/connection-check.ts';
import { TestServer } from '../harness/server.ts';
import { patienceMs, until } from '../harness/until.ts';

/** Nothing here is about how fast it is: a busy machine may take its time. */

/** An address by which this machine is another one to the browser: no https there, so no camera. */
const address = Object.values(networkInterfaces())
  .flat()
  .find((each) => each?.family === 'IPv4' && !each.internal)?.address;

const phone: BrowserContextOptions = {
  userAgent: devices['Pixel 7'].userAgent,
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
};

let server: TestServer;
/** With a microphone that beeps, and two cameras. */
let browser: Browser;
const open: { close(): Promise<void> }[] = [];

const welcome = <One extends { close(): Promise<void> }>(one: One): One => {
  open.push(one);
  return one;
};

async function newPage(options: BrowserContextOptions = {}, of = browser): Promise<Page> {
  const context = welcome(await of.newContext(options));
  context.setDefaultTimeout(patienceMs);
  return await context.newPage();
}

async function visit(
  options: BrowserContextOptions = {},
  { of = browser, path = '/r/lobby', url = server.url, clockStands = false } = {},
): Promise<Page> {
  const page = await newPage(options, of);
  if (clockStands) {
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(1000);
  }
  await page.goto(url + path);
  return page;
}

async function join(page: Page, name: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Your name' }).fill(name);
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  await page.getByRole('button', { name: 'Leave', exact: true }).waitFor();
}

const shows = (page: Page, text: string): Promise<void> => page.getByText(text).first().waitFor();

const isOn = async (page: Page, name: string): Promise<boolean> =>
  (await page.getByRole('button', { name, exact: true }).getAttribute('aria-pressed')) === 'true';

beforeAll(async () => {
  [server, browser] = await Promise.all([
    // A small check shows what a large one does.
    TestServer.start({ ONEGRID_CHECK_BYTES: '65536' }),
    launchChromium({ whole: true, more: ['--use-fake-device-for-media-stream=device-count=2'] }),
  ]);
});

afterEach(async () => {
  // Pages before the browsers they are in.
  for (const each of open.splice(0).reverse()) await each.close();
  await until(async () => (await server.metricSum('onegrid_rooms')) === 0);
  expect(server.complaints()).toEqual([]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

describe('the lobby', () => {
  it('lets one hear and see oneself, join muted and without a camera, and remembers that', async () => {
    const page = await visit();
    await shows(page, 'Camera and microphone are ready.');
    const meter = page.getByRole('img', { name: 'Microphone level' });
    await until(
      async () => Number(await meter.getAttribute('data-level')) > 0.2,
      async () => `the level is ${String(await meter.getAttribute('data-level'))}`,
    );
    await page.getByRole('button', { name: 'Microphone', exact: true }).click();
    await shows(page, 'You join muted.');
    await page.getByRole('button', { name: 'Camera', exact: true }).click();
    await shows(page, 'You join muted and without your camera.');
    expect(await page.getByLabel('Your camera').count()).toBe(0);

    const ben = welcome(await SignallingClient.join(server.url, 'lobby', 'Ben'));
    await join(page, 'Ana');
    const { participant } = await ben.next('participant', ({ event }) => event === 'joined');
    expect(participant).toMatchObject({ name: 'Ana', audio: false, video: false });
    await page.getByRole('button', { name: 'Unmute', exact: true }).click();
    await ben.next(
      'participant',
      ({ event, participant: { audio } }) => event === 'changed' && audio,
    );

    await page.reload();
    await shows(page, 'You join muted and without your camera.');
    expect([await isOn(page, 'Microphone'), await isOn(page, 'Camera')]).toEqual([false, false]);
    expect(await page.getByRole('textbox', { name: 'Your name' }).inputValue()).toBe('Ana');
    await page.getByRole('button', { name: 'Camera', exact: true }).click();
    await page.getByLabel('Your camera').waitFor();
  });

  it('changes devices where one sees and hears them', async () => {
    const page = await visit();
    await page.getByText('Choose devices').click();
    const cameras = page.getByRole('combobox', { name: 'Camera' });
    const inUse = (): Promise<string | undefined> =>
      page.getByLabel('Your camera').evaluate((video) => {
        const { srcObject } = video as HTMLVideoElement;
        return (srcObject as MediaStream).getVideoTracks()[0]?.label;
      });
    await until(async () => (await cameras.locator('option').count()) === 2);
    const [first, second] = await cameras.locator('option').allInnerTexts();
    expect(await inUse()).toBe(first);
    await cameras.selectOption({ label: second! });
    await until(
      async () => (await inUse()) === second,
      async () => String(await inUse()),
    );
  });

  it('says what the link’s room cannot be called', async () => {
    const page = await visit({}, { path: '/r/bad%20room' });
    await shows(page, 'The link names a room that cannot be: “bad room”.');
    await page.getByRole('textbox', { name: 'Room' }).fill('good-room');
    await page.getByText('The link names').waitFor({ state: 'detached' });
  });

  it('checks the connection in words, and not at all for who joins at once', async () => {
    const asked: string[] = [];
    const page = await visit();
    await checkFinds(page, page.getByText('Your connection is good.'));
    await page.getByText('Details').click();
    await page.getByText('get through', { exact: true }).waitFor();
    page.on('request', (request) => asked.push(request.url()));
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: 40_000,
      uploadThroughput: -1,
    });
    await checkAgain(page);
    const weak = page.getByText('Weak connection: you will see a smaller picture.');
    const checks = 1 + (await checkFinds(page, weak));
    expect(asked.filter((url) => url.includes('connection-check'))).toHaveLength(3 * checks);

    const hasty = await visit({}, { clockStands: true });
    let hastyAsked = 0;
    hasty.on(
      'request',
      (request) => (hastyAsked += Number(request.url().includes('connection-check'))),
    );
    await join(hasty, 'Hasty');
    await hasty.clock.runFor(1200);
    expect(hastyAsked).toBe(0);
  });

  it.skipIf(address === undefined)(
    'tells on plain HTTP from another device how to be seen, knows that UDP gets through, and lets in who listens',
    async () => {
      const page = await visit({}, { url: `http://${address!}:${String(server.port)}` });
      await shows(page, 'This page was opened without https');
      await shows(page, `http://localhost:${String(server.port)}`);
      const udp = page.locator('dl div', { hasText: 'UDP' });
      await checkFinds(page, udp.filter({ hasText: 'gets through' }));
      await join(page, 'Listener');
      await page.getByRole('button', { name: 'Unmute', exact: true }).waitFor();
    },
  );
});

describe('the lobby of a browser that gives less', () => {
  const fakes = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];

  it('explains what is not allowed, by browser, and takes it once it is', async () => {
    const strict = welcome(
      await launchChromium({
        whole: true,
        less: ['--use-fake-ui-for-media-stream'],
        more: ['--deny-permission-prompts'],
      }),
    );
    const page = await visit({}, { of: strict });
    await shows(page, 'Camera and microphone are not allowed here.');
    await shows(page, 'You can join without, to watch and listen.');
    await page.getByText('How to allow it').click();
    await page.getByText('Press the symbol left of the address.').waitFor();
    await page.context().grantPermissions(['microphone']);
    await shows(page, 'The camera is not allowed here.');
    await page.context().grantPermissions(['microphone', 'camera']);
    await shows(page, 'Camera and microphone are ready.');
    const onPhone = await visit(phone, { of: strict });
    await onPhone.getByText('How to allow it').click();
    await onPhone.getByText('then “Permissions”').waitFor();
  });

  it('lets in who has no camera and no microphone, or only one of them', async () => {
    const bare = welcome(await launchChromium({ less: fakes }));
    const nothing = await visit({}, { of: bare });
    await shows(nothing, 'No camera and no microphone were found.');
    await shows(nothing, 'You can join without, to watch and listen.');
    await join(nothing, 'Nothing');
    const page = await newPage();
    // There are two cameras, but they are taken.
    await page.addInitScript(() => {
      const { mediaDevices } = navigator;
      const ask = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = async (request) => {
        if (request?.video) throw new DOMException('in use', 'NotReadableError');
        return await ask(request);
      };
    });
    await page.goto(`${server.url}/r/lobby`);
    await shows(page, 'The camera is in use by another program.');
    await shows(page, 'the others will hear you and see your initials');
    await join(page, 'Heard');
    await page.getByRole('button', { name: 'Mute', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Start video', exact: true }).waitFor();
  });
});

describe('a phone', () => {
  /** What a finger could miss: anything to press that is less than 44 pixels high or wide. */
  const small = (page: Page): Promise<string[]> =>
    page.evaluate(() =>
      [...document.querySelectorAll('button, a, select, summary, input')].flatMap((element) => {
        const { width, height } = element.getBoundingClientRect();
        const name = element.getAttribute('aria-label') ?? element.textContent.trim();
        const isShown = width > 0 && height > 0;
        const fits = width >= 44 && height >= 44;
        return isShown && !fits ? [`${name}: ${width.toFixed(1)} x ${height.toFixed(1)}`] : [];
      }),
    );

  const camera = (page: Page): Promise<string | undefined> =>
    page.evaluate(() => {
      const tracks = [...document.querySelectorAll('video')].flatMap(
        (video) => (video.srcObject as MediaStream | null)?.getVideoTracks() ?? [],
      );
      return tracks.find(({ label }) => label.startsWith('fake'))?.label;
    });

  it('has room for a finger, keeps its screen on, and has another camera', async () => {
    const page = await visit(phone);
    await page.addInitScript(() => {
      const page = window as unknown as { locks: number };
      page.locks = 0;
      const { wakeLock } = navigator;
      const ask = wakeLock.request.bind(wakeLock);
      wakeLock.request = async (type) => {
        const lock = await ask(type);
        page.locks += 1;
        lock.addEventListener('release', () => (page.locks -= 1));
        return lock;
      };
    });
    await page.reload();
    const locks = (): Promise<number> =>
      page.evaluate(() => (window as unknown as { locks: number }).locks);
    await page.getByText('Details').tap();
    await page.getByText('Choose devices').tap();
    expect(await small(page)).toEqual([]);
    expect(await locks()).toBe(0);
    welcome(await SignallingClient.join(server.url, 'lobby', 'Ben'));
    await join(page, 'Ana');
    await page.getByRole('button', { name: 'Zoom to Ben, muted' }).waitFor();
    expect(await small(page)).toEqual([]);
    await until(async () => (await locks()) === 1);

    const first = await camera(page);
    await page.getByRole('button', { name: 'Flip camera' }).tap();
    await until(
      async () => ![first, undefined].includes(await camera(page)),
      async () => `in use are ${String(first)} and ${String(await camera(page))}`,
    );
    for (const [width, height] of [
      [360, 640],
      [320, 568],
      [844, 390],
    ] as const) {
      await page.setViewportSize({ width, height });
      const seen = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth,
        high: document.documentElement.scrollHeight,
        picture: document.querySelector('video')!.getBoundingClientRect().toJSON() as DOMRect,
      }));
      expect(seen.wide).toBeLessThanOrEqual(width);
      expect(seen.high).toBeLessThanOrEqual(height);
      expect(seen.picture.right).toBeLessThanOrEqual(width);
      expect(seen.picture.width).toBeGreaterThan(0.5 * width);
      expect(seen.picture.width / seen.picture.height).toBeCloseTo(16 / 9, 1);
      expect(await small(page)).toEqual([]);
    }
    await page.getByRole('button', { name: 'Leave', exact: true }).tap();
    await until(async () => (await locks()) === 0);
  });

  it('is heard only while something else is on its screen, and seen again after that', async () => {
    const page = await visit(phone);
    const told: string[] = [];
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => told.push(String(payload)));
    });
    const ben = welcome(await SignallingClient.join(server.url, 'lobby', 'Ben'));
    await join(page, 'Ana');
    const ana = (fits: (of: { audio: boolean; video: boolean }) => boolean) =>
      ben.next('participant', ({ event, participant }) => event === 'changed' && fits(participant));
    const turn = (hidden: boolean): Promise<void> =>
      page.evaluate((hidden) => {
        Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    await until(async () => (await camera(page)) !== undefined);
    await turn(true);
    await ana(({ audio, video }) => audio && !video);
    expect(await camera(page)).toBeUndefined();
    ben.received.length = 0;
    await turn(false);
    await ana(({ audio, video }) => audio && video);
    const wanted = told.flatMap((text) => {
      const message = JSON.parse(text) as { type: string; max?: string };
      return message.type === 'quality' ? [message.max] : [];
    });
    expect(wanted).toEqual(['audio', 'auto']);
  });
});
