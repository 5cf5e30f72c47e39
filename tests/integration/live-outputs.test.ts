import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeGateway, makeHlsLeftover } from '../harness/fake-gateway.ts';
import { makeDataDir } from '../harness/test-run.ts';
import { until } from '../harness/until.ts';

interface Told {
  id: string;
  url: string;
  state: string;
  error: string | null;
}

describe('HLS', () => {
  let gateway: FakeGateway;
  afterEach(() => gateway.stop());
  const playlist = () => gateway.request('/hls/Live/index.m3u8');
  const hls = (on: boolean) => gateway.json('PATCH', '/api/v1/rooms/live', { hls: on });

  it('is there while it is switched on, for any page and any cache', async () => {
    const dataDir = makeDataDir();
    makeHlsLeftover(dataDir, 'before');
    gateway = await FakeGateway.start({}, dataDir);
    await until(() => !existsSync(join(dataDir, 'hls', 'before')));
    await gateway.join('live', 'Alice');
    expect((await playlist()).status).toBe(404);
    expect(await hls(true)).toMatchObject({ status: 200, body: { hls: true } });
    expect((await hls(true)).status).toBe(200);
    await until(async () => (await playlist()).status === 200);
    const headers = async (file: string) =>
      Object.fromEntries((await gateway.request(`/hls/live/${file}`)).headers);
    const forever = 'public, max-age=31536000, immutable';
    expect(await headers('index.m3u8')).toMatchObject({
      'content-type': 'application/vnd.apple.mpegurl',
      'cache-control': 'public, max-age=1',
      'access-control-allow-origin': '*',
    });
    expect(await headers('init-0f1e2d3c-1.mp4')).toMatchObject({
      'content-type': 'video/mp4',
      'cache-control': forever,
    });
    expect(await headers('0f1e2d3c-1-0.m4s')).toMatchObject({
      'content-type': 'video/iso.segment',
      'cache-control': forever,
      'access-control-allow-origin': '*',
    });
    const missing = ['secret.txt', '0f1e2d3c-1-9.m4s', '.hidden', 'index.m3u8.bak'];
    for (const file of missing) {
      const response = await gateway.request(`/hls/live/${file}`);
      expect(response.status, file).toBe(404);
      expect(response.headers.get('cache-control'), file).not.toBe(forever);
    }
    const asked = await gateway.request('/hls/live/index.m3u8', { method: 'OPTIONS' });
    expect(asked.headers.get('access-control-allow-headers')).toContain('Range');
    const metrics = await (await gateway.request('/metrics')).text();
    expect(metrics).toMatch(/^onegrid_hls_active 1$/m);

    expect(await hls(false)).toMatchObject({ body: { hls: false } });
    await until(() => gateway.room('live').feeds === 0);
    // Who watches may see the end.
    expect((await playlist()).status).toBe(200);
    await hls(true);
    await until(() => gateway.room('live').feeds === 1);
  });

  it('goes on with another process when one dies', async () => {
    gateway = await FakeGateway.start();
    const alice = await gateway.join('live', 'Alice');
    await hls(true);
    const pid = async () => Number(/^#(\d+)$/m.exec(await (await playlist()).text())?.[1] ?? 0);
    await until(async () => (await pid()) > 0);
    const first = await pid();
    process.kill(first, 'SIGKILL');
    await until(async () => (await pid()) !== first);
    await alice.close();
    await until(() => gateway.log.includes('HLS switched off'));
  });
});

describe('restreams', () => {
  let gateway: FakeGateway;
  afterEach(() => gateway.stop());
  const streams = async () =>
    (await gateway.json<{ streams: Told[] }>('GET', '/api/v1/rooms/out')).body.streams;
  const start = (url: unknown) => gateway.json<Told>('POST', '/api/v1/rooms/out/streams', { url });

  it('start, tell how they are without their keys, and stop', async () => {
    gateway = await FakeGateway.start({ ONEGRID_MAX_STREAMS: '2' });
    await gateway.join('out', 'Alice');
    const bad = [
      'http://example.org/live',
      'file:///etc/passwd',
      'rtmp://',
      'srt://example.org',
      'rtmp://example.org/a b',
      'rtmp://example.org/a\nb',
      'pipe:1',
      `rtmp://example.org/${'x'.repeat(3000)}`,
      7,
    ];
    for (const url of bad) {
      expect(await start(url), String(url)).toMatchObject({
        status: 400,
        body: { error: { code: 'bad-request' } },
      });
    }
    const good = await start('rtmp://user:pass-word@live.example.org/app/KEY-1234');
    expect(good).toMatchObject({
      status: 201,
      body: { room: 'out', url: 'rtmp://live.example.org/…', state: 'connecting', error: null },
    });
    await start('srt://dead.example.org:9000?streamid=KEY-5678&passphrase=KEY-9abc');
    await until(async () => (await streams()).every(({ state }) => state !== 'connecting'));
    expect(await streams()).toMatchObject([
      { state: 'active', error: null },
      {
        url: 'srt://dead.example.org:9000/…',
        state: 'retrying',
        error: 'Cannot open srt://dead.example.org:9000/…: refused.',
      },
    ]);
    expect(await start('rtmps://three.example.org/x')).toMatchObject({
      status: 503,
      body: { error: { code: 'overloaded' } },
    });
    const path = `/api/v1/streams/${good.body.id}`;
    expect(await gateway.json('DELETE', path)).toMatchObject({
      status: 200,
      body: { id: good.body.id, state: 'stopped' },
    });
    expect((await gateway.json('DELETE', path)).status).toBe(404);
    expect(await streams()).toHaveLength(1);
    await until(() => gateway.room('out').feeds === 1);
    expect(await (await gateway.request('/metrics')).text()).toMatch(/^onegrid_streams_active 1$/m);
    const told = JSON.stringify(await streams()) + gateway.log;
    for (const secret of ['KEY-', 'pass-word', 'user:']) expect(told).not.toContain(secret);
  });
});
