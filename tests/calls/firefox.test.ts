import type { Browser as Chromium } from 'playwright-core';
import type { ElementHandle, Browser as Firefox } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isNear, launchChromium, Person } from '../harness/chromium.ts';
import { type FakeMedia, installFakeMedia } from '../harness/fake-media.ts';
import { firefoxTone, launchFirefox, whyNoFirefox } from '../harness/firefox.ts';
import { readPixels, type Rgb } from '../harness/probes.ts';
import { recordSound, tonesIn } from '../harness/recording.ts';
import { TestServer } from '../harness/server.ts';
import { patienceMs, until } from '../harness/until.ts';

const red: Rgb = [200, 30, 30];
const green: Rgb = [30, 170, 60];
const css = (colour: Rgb): string => `rgb(${colour.join(',')})`;
const chromeTone = 900;

const noFirefox = whyNoFirefox();
describe.skipIf(noFirefox !== null)(`Firefox and Chromium ${noFirefox ?? ''}`, () => {
  let server: TestServer;
  let chromium: Chromium;
  let firefox: Firefox;

  beforeAll(async () => {
    // It is codecs that are looked at: the first burst over a busy machine must not choose the picture.
    server = await TestServer.start({ ONEGRID_RUNGS: 'high' });
    [chromium, firefox] = await Promise.all([launchChromium(), launchFirefox()]);
  });
  afterAll(async () => {
    await Promise.all([chromium.close(), firefox.close()]);
    await server.stop();
  });

  it('see, hear and read each other, each in its own codec', async () => {
    const chrome = await Person.join(chromium, server.url, 'mixed', 'Chrome', {
      colour: css(red),
      tone: chromeTone,
      fps: 10,
    });
    const page = await firefox.newPage();
    page.setDefaultTimeout(patienceMs);
    const media: FakeMedia = { colour: css(green), tone: 'browser', fps: 10 };
    await page.evaluateOnNewDocument(installFakeMedia, media);
    await page.goto(`${server.url}/r/mixed`);
    // Not page.locator(): its wait for a stable box hangs in headless Firefox.
    const find = async (name: string): Promise<ElementHandle> =>
      (await page.waitForSelector(`::-p-aria(${name})`))!;
    await (await find('Your name')).type('Fox');
    await (await find('Join')).click();
    await until(() => chrome.last('layout')?.tiles.length === 2);

    const { tiles, canvas } = chrome.last('layout')!;
    const middles = tiles.map(({ x, y, width, height }) => ({
      x: x + width / 2,
      y: y + height / 2,
    }));
    const fox = tiles.find(({ participantId }) => participantId !== chrome.id)!;
    await chrome.sees(fox.participantId, green);
    const seen = (): Promise<Rgb[] | null> =>
      page.evaluate(readPixels, { points: middles, canvasWidth: canvas.width });
    await until(
      async () => {
        const colours = await seen();
        return colours !== null && isNear(colours[0]!, red) && isNear(colours[1]!, green);
      },
      async () => `Firefox sees ${JSON.stringify(await seen())}`,
    );

    let heard: number[][] = [];
    await until(
      async () => {
        const recording = await page.evaluate(recordSound, 3000);
        heard = [
          tonesIn(recording, [chromeTone, firefoxTone]),
          await chrome.hears([firefoxTone, chromeTone]),
        ];
        // Who hears themselves never gets there.
        return heard.every(([other, own]) => other! > -60 && other! - own! >= 30);
      },
      () =>
        `Firefox and Chromium hear each other, and themselves, with ${JSON.stringify(heard)} dB`,
    );
    const encoders = await server.metric('onegrid_video_encoders');
    expect(new Map([...encoders].filter(([, count]) => count > 0))).toEqual(
      new Map([
        ['{rung="high",codec="h264"}', 1],
        ['{rung="high",codec="vp8"}', 1],
      ]),
    );

    const isUnmuted = (): boolean | undefined => {
      const told = chrome.received.findLast(
        (each) => each.type === 'participant' && each.participant.id === fox.participantId,
      );
      return told?.type === 'participant' ? told.participant.audio : undefined;
    };
    await until(() => isUnmuted() === true);
    await (await find('Mute')).click();
    await until(() => isUnmuted() === false);
    await (await find('Chat')).click();
    await (await find('Write a message')).type('Greetings from Firefox');
    await page.keyboard.press('Enter');
    await chrome.press('Chat');
    const messages = chrome.page.getByRole('log', { name: 'Messages' });
    await messages.getByText('Greetings from Firefox').waitFor();
    await (await find('Leave')).click();
    await until(() => chrome.last('layout')?.tiles.length === 1);
    expect(server.complaints()).toEqual([]);
  });
});
