import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import { makeClip } from '../harness/clips.ts';
import { FakeRecordingsApi, recordingOf } from '../harness/recordings-api.ts';
import { TestServer } from '../harness/server.ts';
import { testRunFolder, testRunVariable } from '../harness/test-run.ts';
import { patienceMs, until } from '../harness/until.ts';

let server: TestServer;
let browser: Browser;
let folder: string;
let files: { media: string; poster: string };
let api: FakeRecordingsApi;
let page: Page;

beforeAll(async () => {
  folder = mkdtempSync(join(testRunFolder(process.env[testRunVariable]!), 'recordings-'));
  const video = { picture: 'testsrc2', size: [640, 360] } as const;
  const [media, poster] = await Promise.all([
    makeClip(folder, { seconds: 4, video, audio: { tone: 440 } }),
    makeClip(folder, { seconds: 1, video: { ...video, fps: 1 }, container: 'jpg' }),
  ]);
  files = { media, poster };
  [server, browser] = await Promise.all([TestServer.start(), launchChromium()]);
});

beforeEach(async () => {
  api = new FakeRecordingsApi(files);
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC' });
  context.setDefaultTimeout(patienceMs);
  page = await context.newPage();
  await api.serve(page);
});

afterEach(async () => {
  await page.context().close();
});

afterAll(async () => {
  await browser.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const open = (search = ''): Promise<unknown> => page.goto(`${server.url}/recordings${search}`);
const cards = (): Locator => page.getByRole('article');
const button = (name: string | RegExp): Locator => page.getByRole('button', { name });
const alert = (text: string): Locator => page.getByRole('alert').filter({ hasText: text });

/** The name of what has the focus: its label, or what it says. */
const focused = (): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return 'nothing';
    return element.getAttribute('aria-label') ?? element.textContent.trim();
  });

/** Presses Tab until what has the focus is named so. */
async function tabTo(name: string): Promise<void> {
  const passed: string[] = [];
  for (let presses = 0; presses < 30; presses++) {
    await page.keyboard.press('Tab');
    const now = await focused();
    if (now === name) return;
    passed.push(now);
  }
  throw new Error(`${name} cannot be reached by Tab, but ${passed.join(' | ')}`);
}

const isFocused = (name: string): Promise<void> =>
  until(
    async () => (await focused()) === name,
    async () => `${name} should have the focus, ${await focused()} has`,
  );

describe('the list', () => {
  it('has every recording, newest first, with what one wants to know of it', async () => {
    api.recordings = [
      recordingOf('old', { room: 'lab', startedAt: '2025-02-01T08:00:00Z', state: 'interrupted' }),
      recordingOf('new', {
        participants: [
          { id: 'a', name: 'Ana', track: '/api/v1/recordings/new/tracks/a' },
          { id: 'b', name: 'Bo' },
          { id: 'a2', name: 'Ana' },
        ],
      }),
      recordingOf('none', {
        room: 'attic',
        startedAt: '2025-01-01T08:00:00Z',
        state: 'failed',
        media: null,
        poster: null,
      }),
    ];
    await open();
    await cards().first().waitFor();
    const texts = (await cards().allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));
    expect(texts).toHaveLength(3);
    expect(texts[0]).toMatch(/kitchen 1 Mar 2025, 10:15 12:30 12\.3 MB With Ana, Bo Sound of each/);
    expect(texts[1]).toMatch(/lab 1 Feb 2025, 08:00 .*Cut by a crash: plays up to there/);
    expect(texts[2]).toMatch(/attic .*Failed: nothing to play/);
    const newest = cards().first();
    expect(await newest.locator('time').first().getAttribute('datetime')).toBe(
      '2025-03-01T10:15:00Z',
    );
    const download = newest.getByRole('link', { name: 'Download: kitchen, 1 Mar 2025, 10:15' });
    expect(await download.getAttribute('href')).toBe('/api/v1/recordings/new/media?download');
    await newest.getByText('Sound of each person').click();
    expect(await newest.getByRole('link', { name: 'Ana', exact: true }).getAttribute('href')).toBe(
      '/api/v1/recordings/new/tracks/a?download',
    );
    const failed = cards().nth(2);
    expect(await failed.getByRole('button', { name: /^Play/ }).count()).toBe(0);
    expect(await failed.getByRole('link', { name: /^Download/ }).count()).toBe(0);
    expect(await page.title()).toBe('Recordings · onegrid');
  });

  it('follows one that is under way until it is finished, and then asks no more', async () => {
    const last = { endedAt: null, reason: null, media: null, poster: null };
    api.recordings = [recordingOf('now', { state: 'active', ...last })];
    await open();
    await cards().getByText('Being recorded').waitFor();
    expect(await button(/^(Play|Delete)/).count()).toBe(0);
    api.recordings = [recordingOf('now', { state: 'finishing', ...last })];
    await cards().getByText('Being finished').waitFor();
    api.recordings = [recordingOf('now')];
    await button(/^Play kitchen/).waitFor();
    const asked = api.requests.length;
    await page.waitForTimeout(3000);
    const later = api.requests.slice(asked).filter((each) => each === 'GET /api/v1/recordings');
    expect(later).toEqual([]);
  });

  it('may be of one room, may be empty, and says when there is no answer', async () => {
    api.recordings = [recordingOf('k'), recordingOf('l', { room: 'lab' })];
    await open('?room=lab');
    await page.getByRole('heading', { name: 'Recordings of lab' }).waitFor();
    await cards().first().waitFor();
    expect(await cards().count()).toBe(1);
    await page.getByRole('link', { name: 'All recordings' }).click();
    await page.getByRole('heading', { name: 'Recordings', exact: true }).waitFor();
    await cards().nth(1).waitFor();

    api.recordings = [];
    await open();
    await page.getByText('There are no recordings yet.').waitFor();

    api.isDown = true;
    await open();
    await alert('The server cannot be reached.').waitFor();
    api.isDown = false;
    api.recordings = [recordingOf('back')];
    await button('Try again').click();
    await cards().first().waitFor();
  });

  it('is found from the lobby', async () => {
    await page.goto(server.url);
    await page.getByRole('link', { name: 'Recordings' }).click();
    await page.getByRole('heading', { name: 'Recordings' }).waitFor();
  });
});

describe('by keyboard alone', () => {
  it('plays one, with the chat as subtitles, and comes back to where it was', async () => {
    api.recordings = [recordingOf('one', { chat: '/api/v1/recordings/one/chat.vtt' })];
    await open();
    await cards().first().waitFor();
    const play = 'Play kitchen, 1 Mar 2025, 10:15';
    await tabTo(play);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'kitchen' });
    await dialog.waitFor();
    const playback = (): Promise<{ time: number; width: number; tracks: string[] }> =>
      dialog.locator('video').evaluate((video: HTMLVideoElement) => ({
        time: video.currentTime,
        width: video.videoWidth,
        tracks: Array.from(video.textTracks, ({ kind, label }) => `${kind} ${label}`),
      }));
    await until(
      async () => (await playback()).time > 0.3,
      async () => JSON.stringify(await playback()),
    );
    expect(await playback()).toMatchObject({ width: 640, tracks: ['subtitles Chat'] });
    expect(
      await page.evaluate(() => document.activeElement?.closest('[role=dialog]') !== null),
    ).toBe(true);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await isFocused(play);
  });

  it('deletes one only when that is confirmed, and says when it cannot', async () => {
    api.recordings = [recordingOf('one'), recordingOf('two', { room: 'lab' })];
    await open();
    await cards().first().waitFor();
    const remove = 'Delete: kitchen, 1 Mar 2025, 10:15';
    const deletions = (): string[] => api.requests.filter((each) => each.startsWith('DELETE'));
    const dialog = page.getByRole('dialog', { name: 'Delete this recording?' });
    await tabTo(remove);
    for (const way of ['Enter', 'Escape']) {
      await page.keyboard.press('Enter');
      await dialog.waitFor();
      // A stray Enter keeps it.
      await isFocused('Keep it');
      await page.keyboard.press(way);
      await dialog.waitFor({ state: 'detached' });
      await isFocused(remove);
    }
    expect(deletions()).toEqual([]);

    api.refusal = { status: 409, code: 'conflict' };
    await page.keyboard.press('Enter');
    await isFocused('Keep it');
    await tabTo('Delete');
    await page.keyboard.press('Enter');
    await alert('This recording is not finished yet.').waitFor();
    api.refusal = null;
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    // Its button is gone with it.
    await isFocused('Recordings');
    expect(await cards().count()).toBe(1);
    expect(await cards().first().innerText()).toContain('lab');
    expect(deletions()).toEqual(Array(2).fill('DELETE /api/v1/recordings/one'));
  });

  it('asks for the key where the server wants one, and forgets it again', async () => {
    api.key = 'secret';
    // Nothing is asked for but the list: a poster is loaded whenever the browser comes to it.
    api.recordings = [recordingOf('one', { poster: null })];
    await open();
    const field = page.getByLabel('API key');
    await field.waitFor();
    await tabTo('Continue');
    await page.keyboard.press('Enter');
    await alert('Enter the key.').waitFor();
    for (const [key, next] of [
      ['wrong', alert('This key is not right.')],
      ['secret', cards().first()],
    ] as const) {
      expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
      await page.keyboard.press('Control+A');
      await page.keyboard.type(key);
      await page.keyboard.press('Enter');
      await next.waitFor();
    }
    await isFocused('Recordings');
    await tabTo('Sign out');
    await page.keyboard.press('Enter');
    await field.waitFor();
    expect(api.requests.at(-1)).toBe('GET /api/v1/recordings');
    expect(api.requests.at(-2)).toBe('POST /api/v1/logout');
  });
});
