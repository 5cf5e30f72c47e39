import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '../harness/browsers.ts';
import { launchChromium } from '../harness/chromium.ts';
import { freePort } from '../harness/free-port.ts';
import { type Colour, decode, pictureAt, probe, type Picture } from '../harness/judge.ts';
import { ask } from '../harness/recordings.ts';
import { room, Show } from '../harness/show.ts';
import { patienceMs, sleep, until } from '../harness/until.ts';

/** How far two pictures are apart, with one of them mirrored or not: the mean difference of a grid of cells, of 255 steps. */
function difference(a: Picture, b: Picture, mirrored: boolean): number {
  const [columns, rows] = [16, 9];
  const cellOf = (picture: Picture, column: number, row: number): Colour => {
    const width = Math.floor(picture.width / columns);
    const height = Math.floor(picture.height / rows);
    return picture.colourAt(column * width, row * height, width, height);
  };
  let sum = 0;
  for (let cell = 0; cell < columns * rows; cell += 1) {
    const [column, row] = [cell % columns, Math.floor(cell / columns)];
    const other = cellOf(b, mirrored ? columns - 1 - column : column, row);
    cellOf(a, column, row).forEach((value, channel) => {
      sum += Math.abs(value - other[channel]!);
    });
  }
  return sum / (3 * columns * rows);
}

describe('what leaves a room besides the call', () => {
  let show: Show;
  let folder: string;
  const listeners: ChildProcess[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'outputs-'));
    show = await Show.begin({ ONEGRID_CANVAS: '1280x720', ONEGRID_FPS: '25' });
    // There is nothing to be taken out of a room whose process has just started.
    await until(async () => (await show.server.metricSum('onegrid_frames_composited_total')) > 0);
  });
  afterEach(() => {
    for (const child of listeners.splice(0)) child.kill('SIGKILL');
  });
  afterAll(async () => {
    await show.end();
    expect(show.server.complaints()).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  const snapshot = async (name: string): Promise<Picture> => {
    const response = await fetch(`${show.server.url}/api/v1/rooms/${room}/snapshot.jpg`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    const file = join(folder, name);
    writeFileSync(file, Buffer.from(await response.arrayBuffer()));
    return pictureAt(file, { frame: 0 });
  };

  it('is a snapshot: the composite, in its size', async () => {
    const picture = await snapshot('snapshot.jpg');
    expect([picture.width, picture.height]).toEqual([1280, 720]);
    const [left, right, corner] = [
      picture.colourAt(300, 340, 40, 40),
      picture.colourAt(940, 340, 40, 40),
      picture.colourAt(2, 2, 8, 8),
    ];
    // Two clips of different colours on a dark background.
    expect(Math.max(...left.map((value, at) => Math.abs(value - right[at]!)))).toBeGreaterThan(20);
    expect(Math.max(...corner)).toBeLessThan(60);
    expect((await fetch(`${show.server.url}/api/v1/rooms/nowhere/snapshot.jpg`)).status).toBe(404);
  });

  /** Streams to a server of ffmpeg's own that is killed, and to the one that follows it. */
  const streamBy = async (kind: 'rtmp' | 'srt', key: string): Promise<void> => {
    const port = await freePort();
    const host = `127.0.0.1:${String(port)}`;
    const url = kind === 'rtmp' ? `rtmp://${host}/live/${key}` : `srt://${host}?streamid=${key}`;
    const listen = (file: string): ChildProcess => {
      const from =
        kind === 'rtmp'
          ? ['-listen', '1', '-f', 'flv', '-i', url]
          : ['-f', 'mpegts', '-i', `srt://${host}?mode=listener`];
      const args = ['-v', 'error', '-nostdin', '-y', ...from, '-c', 'copy', '-f', 'mpegts', file];
      const child = spawn(findFfmpeg().ffmpeg, args, { stdio: 'ignore' });
      listeners.push(child);
      return child;
    };
    type Streams = { streams: { id: string; state: string; url: string; error: string | null }[] };
    const own = async (id: string): Promise<Streams['streams'][number] | undefined> => {
      const { body } = await ask<Streams>(show.server, 'GET', `/rooms/${room}`);
      return body.streams.find((stream) => stream.id === id);
    };
    const [first, second] = [join(folder, `${kind}-1.ts`), join(folder, `${kind}-2.ts`)];
    const listener = listen(first);
    const started = await ask<{ id: string }>(show.server, 'POST', `/rooms/${room}/streams`, {
      url,
    });
    expect(started.status).toBe(201);
    const { id } = started.body;
    const received = (file: string): Promise<void> =>
      until(
        () => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 400_000,
        async () => JSON.stringify(await own(id)),
      );
    await received(first);
    const picture = await snapshot(`${kind}.jpg`);
    const gone = once(listener, 'exit');
    listener.kill('SIGKILL');
    await gone;
    listen(second);
    await received(second);
    for (const file of [first, second]) {
      const { video, audio } = await probe(file);
      expect(video).toMatchObject({ codec: 'h264', width: 1280, height: 720 });
      expect(audio).toMatchObject({ codec: 'aac' });
      // The clips move; the same two in each other's place are what another composite would be.
      const seen = await pictureAt(file, { frame: 20 });
      const apart = difference(seen, picture, false);
      expect(apart).toBeLessThan(0.5 * difference(seen, picture, true));
    }
    await until(async () => (await own(id))?.state === 'active');
    const told = await own(id);
    const ended = await ask(show.server, 'DELETE', `/streams/${id}`);
    expect(ended.status).toBe(200);
    for (const said of [started, told, ended]) expect(JSON.stringify(said)).not.toContain(key);
  };

  it('is a stream by RTMP and one by SRT: the same composite, again when the server comes back, and no key', async () => {
    const key = 'hush-hush-4711';
    await Promise.all([streamBy('rtmp', key), streamBy('srt', key)]);
    await until(async () => (await show.server.metricSum('onegrid_streams_active')) === 0);
    expect(JSON.stringify(show.server.log)).not.toContain(key);
  });

  it('is HLS that plays through hls.js, by the rules of its specification', async () => {
    await ask(show.server, 'PATCH', `/rooms/${room}`, { hls: true });
    const address = `${show.server.url}/hls/${room}/index.m3u8`;
    let text = '';
    const read = async (): Promise<boolean> => {
      const response = await fetch(address);
      text = await response.text();
      return response.ok && (text.match(/#EXTINF/g) ?? []).length >= 3;
    };
    await until(read);
    const sequences: number[] = [];
    const seen = new Map<string, number>();
    for (let look = 0; look < 4; look += 1) {
      await read();
      const target = Number(/#EXT-X-TARGETDURATION:(\d+)/.exec(text)?.[1]);
      expect(target).toBe(2);
      sequences.push(Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1]));
      for (const [, seconds, name] of text.matchAll(
        /#EXTINF:([\d.]+),[^\n]*\n(?:#[^\n]*\n)*([^#\n]+)/g,
      )) {
        expect(Math.round(Number(seconds))).toBeLessThanOrEqual(target);
        seen.set(name!, Number(seconds));
      }
      expect(text).not.toContain('#EXT-X-DISCONTINUITY\n');
      await sleep(1500);
    }
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    const init = /#EXT-X-MAP:URI="([^"]+)"/.exec(text)![1]!;
    const load = async (name: string): Promise<Buffer> => {
      const response = await fetch(new URL(name, address));
      expect(response.status, name).toBe(200);
      expect(response.headers.get('cache-control')).toContain('immutable');
      return Buffer.from(await response.arrayBuffer());
    };
    const head = await load(init);
    for (const name of [...seen.keys()].slice(-3)) {
      const file = join(folder, 'segment.mp4');
      writeFileSync(file, Buffer.concat([head, await load(name)]));
      const flags = execFileSync(findFfmpeg().ffprobe, [
        ...['-v', 'error', '-select_streams', 'v', '-show_entries', 'packet=flags'],
        ...['-of', 'csv=p=0', file],
      ]).toString();
      expect(flags.split('\n')[0], name).toMatch(/^K/);
      expect((await decode(file)).errors).toEqual([]);
    }

    const browser = await launchChromium();
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
      page.setDefaultTimeout(patienceMs);
      await page.addInitScript(() => {
        HTMLMediaElement.prototype.canPlayType = () => '';
      });
      await page.goto(`${show.server.url}/watch/${room}`);
      const position = (): Promise<number> =>
        page.evaluate(() => document.querySelector('video')?.currentTime ?? 0);
      await until(async () => (await position()) > 0.5);
      const from = await position();
      // Four seconds of it in little more than four seconds, or it stands still in between.
      await until(async () => (await position()) > from + 4);
      const size = await page.evaluate(() => {
        const { videoWidth, videoHeight } = document.querySelector('video')!;
        return [videoWidth, videoHeight];
      });
      expect(size).toEqual([1280, 720]);
    } finally {
      await browser.close();
    }
    await ask(show.server, 'PATCH', `/rooms/${room}`, { hls: false });
    await until(async () => (await show.server.metricSum('onegrid_hls_active')) === 0);
  });
});
