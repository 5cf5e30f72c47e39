import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import { makeClip } from '../harness/clips.ts';
import { printed } from '../harness/ffmpeg.ts';
import { TestServer } from '../harness/server.ts';
import { testRunFolder, testRunVariable } from '../harness/test-run.ts';
import { until } from '../harness/until.ts';

let server: TestServer;
let browser: Browser;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(testRunFolder(process.env[testRunVariable]!), 'watch-'));
  const video = { picture: 'testsrc2', options: ['-g', '50'] } as const;
  const clip = await makeClip(folder, { seconds: 8, video, audio: { tone: 440 } });
  const live = ['-hls_time', '2', '-hls_flags', 'omit_endlist', '-hls_segment_type', 'fmp4'];
  await printed('ffmpeg', ['-i', clip, '-c', 'copy', ...live, join(folder, 'index.m3u8')]);
  [server, browser] = await Promise.all([TestServer.start(), launchChromium()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

// hls.js plays a real stream in tests/calls/live-outputs.test.ts.
it('the page that only watches waits for a stream, shows it, and waits again when it is gone', async () => {
  const page = await browser.newPage();
  try {
    await watch(page);
  } finally {
    await page.close();
  }
});

async function watch(page: Page): Promise<void> {
  let isOn = false;
  const scripts: string[] = [];
  page.on('request', (request) => {
    if (request.resourceType() === 'script') scripts.push(request.url());
  });
  await page.route('**/hls/kitchen/*', (route) => {
    const file = join(folder, new URL(route.request().url()).pathname.split('/').at(-1)!);
    return isOn && existsSync(file)
      ? route.fulfill({
          contentType: file.endsWith('.m3u8') ? 'application/vnd.apple.mpegurl' : 'video/mp4',
          body: readFileSync(file),
        })
      : route.fulfill({ status: 404 });
  });
  await page.goto(`${server.url}/watch/kitchen`);
  const none = page.getByRole('status').filter({ hasText: 'There is no stream of this room yet.' });
  await none.waitFor();
  expect(scripts.filter((url) => url.includes('hls'))).toEqual([]);
  isOn = true;
  const position = (): Promise<number> =>
    page.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime);
  await until(async () => (await position()) > 1);
  expect(await page.locator('video').evaluate((video: HTMLVideoElement) => video.videoWidth)).toBe(
    320,
  );
  expect(scripts.some((url) => url.includes('hls'))).toBe(false);
  expect(await none.count()).toBe(0);
  isOn = false;
  await none.waitFor({ timeout: 30_000 });
}
