import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '../harness/browsers.ts';
import { launchChromium } from '../harness/chromium.ts';
import { Crowd } from '../harness/crowd.ts';
import { freePort } from '../harness/free-port.ts';
import { type Colour, decode, pictureAt, probe, type Picture } from '../harness/judge.ts';
import { killRun } from '../harness/recording-kills.ts';
import { ask, mediaOf, reach, record, stop } from '../harness/recordings.ts';
import { TestServer } from '../harness/server.ts';
import { SlowDisk } from '../harness/slow-disk.ts';
import { sleep, until } from '../harness/until.ts';
import { useDisks } from '../integration/output/mounts.ts';

const room = 'show';

/** Two synthetic people in a room of a server of its own. */
class Show {
  readonly server: TestServer;
  readonly #crowd: Crowd;

  private constructor(server: TestServer, crowd: Crowd) {
    this.server = server;
    this.#crowd = crowd;
  }

  static async begin(settings: Record<string, string>): Promise<Show> {
    const server = await TestServer.start({ ONEGRID_LOG_LEVEL: 'info', ...settings });
    const crowd = new Crowd(server.url, { room, participants: 2, speakers: 1 });
    await until(async () => (await server.metricSum('onegrid_participants')) === 2, 20_000);
    return new Show(server, crowd);
  }

  /** Composites made within a time, to half a second: metrics are that old at most. */
  async composites(milliseconds: number): Promise<number> {
    const before = await this.server.metricSum('onegrid_frames_composited_total');
    await sleep(milliseconds);
    return (await this.server.metricSum('onegrid_frames_composited_total')) - before;
  }

  async end(): Promise<void> {
    await this.#crowd.leave();
    await this.server.stop();
  }
}

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
    show = await Show.begin({});
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
        25_000,
        async () => JSON.stringify(await own(id)),
      );
    await received(first);
    const picture = await snapshot(`${kind}.jpg`);
    listener.kill('SIGKILL');
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
    await until(async () => (await own(id))?.state === 'active', 10_000);
    const told = await own(id);
    const ended = await ask(show.server, 'DELETE', `/streams/${id}`);
    expect(ended.status).toBe(200);
    for (const said of [started, told, ended]) expect(JSON.stringify(said)).not.toContain(key);
  };

  it('is a stream by RTMP and one by SRT: the same composite, again when the server comes back, and no key', async () => {
    const key = 'hush-hush-4711';
    await Promise.all([streamBy('rtmp', key), streamBy('srt', key)]);
    await until(async () => (await show.server.metricSum('onegrid_streams_active')) === 0, 10_000);
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
    await until(read, 20_000);
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
      await page.addInitScript(() => {
        HTMLMediaElement.prototype.canPlayType = () => '';
      });
      await page.goto(`${show.server.url}/watch/${room}`);
      const position = (): Promise<number> =>
        page.evaluate(() => document.querySelector('video')?.currentTime ?? 0);
      await until(async () => (await position()) > 0.5, 20_000);
      const from = await position();
      await sleep(5000);
      expect((await position()) - from).toBeGreaterThan(4);
      const size = await page.evaluate(() => {
        const { videoWidth, videoHeight } = document.querySelector('video')!;
        return [videoWidth, videoHeight];
      });
      expect(size).toEqual([1280, 720]);
    } finally {
      await browser.close();
    }
    await ask(show.server, 'PATCH', `/rooms/${room}`, { hls: false });
    await until(async () => (await show.server.metricSum('onegrid_hls_active')) === 0, 10_000);
  });
});

describe('a recording', () => {
  const disks = useDisks();

  // That of a room process alone is in recording.test.ts, with people in it.
  it('loses at most a second and a half to kill -9 of everything', async () => {
    const data = mkdtempSync(join(tmpdir(), 'kill-'));
    try {
      const run = await killRun('all', 4000 + Math.random() * 1000, data);
      console.log(`${run.lostSeconds.toFixed(2)} s lost`);
      expect(run.errors).toEqual([]);
      expect(run.lostSeconds).toBeLessThan(1.5);
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  });

  const fullDisk = 'ends when the disk is full, says so, plays, and the call goes on';
  const skipped = disks.missing === null ? '' : ` (skipped: ${disks.missing})`;
  it.skipIf(disks.missing !== null)(`${fullDisk}${skipped}`, async () => {
    const data = mkdtempSync(join(tmpdir(), 'full-'));
    disks.mount(data, 64 * 2 ** 20);
    let show: Show | undefined;
    try {
      show = await Show.begin({ ONEGRID_DATA_DIR: data, ONEGRID_MIN_FREE_BYTES: '0' });
      const before = await show.composites(3000);
      // What a long recording would have filled.
      mkdirSync(join(data, 'other'));
      writeFileSync(join(data, 'other', 'ballast'), Buffer.alloc(60 * 2 ** 20, 1));
      const { id } = await record(show.server, room);
      const recording = await reach(show.server, id, ['complete', 'interrupted', 'failed'], 40_000);
      expect(recording).toMatchObject({ state: 'complete', reason: 'disk-full' });
      const file = mediaOf(data, id);
      expect(recording.durationSeconds).toBeGreaterThan(2);
      expect((await probe(file)).durationSeconds).toBeCloseTo(recording.durationSeconds, 0);
      expect((await decode(file)).errors).toEqual([]);
      expect(await show.composites(3000)).toBeGreaterThan(0.6 * before);
      const refused = await ask<{ error: { code: string } }>(
        show.server,
        'POST',
        `/rooms/${room}/recordings`,
        {},
      );
      expect(refused.status === 201 || refused.body.error.code === 'no-space').toBe(true);
    } finally {
      await show?.end();
      disks.unmount(data);
      rmSync(data, { recursive: true });
    }
  });

  it('does not slow the room where the disk hangs for five seconds, and loses nothing', async () => {
    const disk = SlowDisk.make(64);
    const data = disk?.folder ?? mkdtempSync(join(tmpdir(), 'slow-'));
    let show: Show | undefined;
    try {
      show = await Show.begin({ ONEGRID_DATA_DIR: data, ONEGRID_MIN_FREE_BYTES: '0' });
      const started = await record(show.server, room);
      const startedMs = performance.now();
      const before = await show.composites(5000);
      const pid = show.server.log.findLast(({ msg }) => msg === 'segment started')![
        'outputPid'
      ] as number;
      // Where no disk can be made to hang, the process that writes to it does.
      if (disk === null) process.kill(pid, 'SIGSTOP');
      else disk.freeze();
      const during = await show.composites(5000);
      if (disk === null) process.kill(pid, 'SIGCONT');
      else disk.thaw();
      console.log(
        `${String(before)} composites before, ${String(during)} while ${disk === null ? 'the process' : 'the disk'} hangs`,
      );
      // To half a second; the pictures in the file, below, tell it exactly.
      expect(during).toBeGreaterThan(0.8 * before);
      await sleep(2000);
      const recordedSeconds = (performance.now() - startedMs) / 1000;
      const recording = await stop(show.server, started.id);
      expect(recording).toMatchObject({ state: 'complete', reason: 'stopped' });
      expect(recording.durationSeconds).toBeGreaterThan(recordedSeconds - 0.5);
      const file = mediaOf(data, started.id);
      const { video } = await probe(file);
      expect(video!.frames).toBeGreaterThan(0.95 * 25 * recordedSeconds);
      expect((await decode(file)).errors).toEqual([]);
    } finally {
      await show?.end();
      if (disk === null) rmSync(data, { recursive: true });
      else disk.remove();
    }
  });
});
