import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeGateway, type ToldRecording } from '../harness/fake-gateway.ts';
import { sleep } from '../harness/until.ts';

/** The answer to a request exactly as written: `fetch` would tidy up the path. */
function raw(url: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    let answer = '';
    const socket = connect(Number(port), hostname, () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    });
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('close', () => {
      resolve(answer);
    });
    socket.on('error', reject);
  });
}

describe('the HTTP API', () => {
  let gateway: FakeGateway;
  afterEach(() => gateway.stop());

  const fileOf = (id: string, name: string): string =>
    join(gateway.dataDir, 'recordings', id, name);

  it('shows rooms, arranges and closes them', async () => {
    gateway = await FakeGateway.start();
    const alice = await gateway.join('Kitchen', 'Alice');
    const bob = await gateway.join('kitchen', 'Bob');
    const rungs = [{ rung: 'high' as const, codec: 'h264' as const, viewers: 2, kbps: 1500 }];
    gateway.room('kitchen').tell({ type: 'metrics', metrics: [], rungs });
    const path = '/api/v1/rooms/KITCHEN';
    const { status, body } = await gateway.json<Record<string, unknown>>('GET', path);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      name: 'kitchen',
      participants: [{ name: 'Alice' }, { name: 'Bob' }],
      layout: 'auto',
      pinned: null,
      rungs,
      recording: null,
      streams: [],
      hls: false,
    });
    expect(Date.parse(String(body['createdAt']))).not.toBeNaN();
    expect((await gateway.json<unknown[]>('GET', '/api/v1/rooms')).body).toHaveLength(1);

    const patched = await gateway.json('PATCH', path, { layout: 'single', pinned: bob.id });
    expect(patched).toMatchObject({ status: 200, body: { layout: 'single', pinned: bob.id } });
    // What is not named stays.
    expect((await gateway.json('PATCH', path, { layout: 'speaker' })).body).toMatchObject({
      layout: 'speaker',
      pinned: bob.id,
    });
    expect((await gateway.json('PATCH', path, { pinned: 'nobody' })).status).toBe(404);
    for (const bad of [{ layout: 'wild' }, { hls: 'yes' }, { colour: 'red' }, []]) {
      expect((await gateway.json('PATCH', path, bad)).status).toBe(400);
    }
    const last = gateway.room('kitchen').commands.findLast(({ type }) => type === 'layout');
    expect(last).toEqual({ type: 'layout', mode: 'speaker', pinned: bob.id });

    expect((await gateway.json('DELETE', `${path}/participants/${bob.id}`)).status).toBe(204);
    expect(await bob.next('closed')).toMatchObject({ reason: 'removed' });
    expect((await gateway.json('DELETE', `${path}/participants/${bob.id}`)).status).toBe(404);
    expect((await gateway.json('DELETE', path)).status).toBe(204);
    expect(await alice.next('closed')).toMatchObject({ reason: 'room-closed' });
    expect((await gateway.json('GET', path)).status).toBe(404);
    expect((await gateway.json('GET', '/api/v1/nothing')).status).toBe(404);
  });

  it('gives a picture of a room, made once for all who ask within a second', async () => {
    gateway = await FakeGateway.start();
    await gateway.join('picture', 'Alice');
    const path = '/api/v1/rooms/picture/snapshot.jpg';
    const started = performance.now();
    const [one, two] = await Promise.all([gateway.request(path), gateway.request(path)]);
    const seconds = (performance.now() - started) / 1000;
    expect(one.headers.get('content-type')).toBe('image/jpeg');
    expect(await one.text()).toBe('a picture');
    expect(await two.text()).toBe('a picture');
    const asked = () =>
      gateway.room('picture').commands.filter(({ type }) => type === 'snapshot').length;
    const before = asked();
    // One, where they did come within a second.
    expect(before).toBeLessThanOrEqual(1 + Math.floor(seconds));
    expect((await gateway.request('/api/v1/rooms/none/snapshot.jpg')).status).toBe(404);
    await sleep(1100);
    gateway.room('picture').jpeg = null;
    expect((await gateway.json('GET', path)).body).toMatchObject({ error: { code: 'conflict' } });
    gateway.room('picture').jpeg = undefined;
    expect((await gateway.json('GET', path)).body).toMatchObject({ error: { code: 'overloaded' } });
    expect(asked()).toBe(before + 2);
  });

  it('serves a finished recording in whole and in parts, and none before', async () => {
    gateway = await FakeGateway.start();
    await gateway.join('range', 'Alice');
    const id = await gateway.record('range');
    await gateway.reached(id, 'active');
    const path = `/api/v1/recordings/${id}/media`;
    expect(await gateway.json('GET', path)).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict' } },
    });
    expect((await gateway.json('DELETE', `/api/v1/recordings/${id}`)).status).toBe(409);
    await gateway.json('POST', `/api/v1/recordings/${id}/stop`);
    await gateway.reached(id, 'complete');
    writeFileSync(fileOf(id, 'media.mp4'), '0123456789');

    const part = async (range: string, headers: Record<string, string> = {}) => {
      const response = await gateway.request(path, { headers: { range, ...headers } });
      return [response.status, response.headers.get('content-range'), await response.text()];
    };
    const whole = await gateway.request(path);
    expect(whole.status).toBe(200);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': '10',
      'accept-ranges': 'bytes',
      'content-disposition': expect.stringMatching(
        /^inline; filename="range-[\dT-]+\.mp4"$/,
      ) as string,
    });
    expect(await whole.text()).toBe('0123456789');
    expect(await part('bytes=0-0')).toEqual([206, 'bytes 0-0/10', '0']);
    expect(await part('bytes=2-')).toEqual([206, 'bytes 2-9/10', '23456789']);
    expect(await part('bytes=-3')).toEqual([206, 'bytes 7-9/10', '789']);
    expect(await part('bytes=8-99')).toEqual([206, 'bytes 8-9/10', '89']);
    expect((await part('bytes=10-')).slice(0, 2)).toEqual([416, 'bytes */10']);
    expect((await part('bytes=10-'))[2]).toContain('"bad-request"');
    // Several parts, and nonsense, get the whole.
    expect((await part('bytes=0-1,3-4'))[0]).toBe(200);
    expect((await part('lines=1-2'))[0]).toBe(200);
    const etag = whole.headers.get('etag')!;
    expect((await part('bytes=0-1', { 'if-range': etag }))[0]).toBe(206);
    expect((await part('bytes=0-1', { 'if-range': '"other"' }))[0]).toBe(200);
    const same = await gateway.request(path, {
      // Of itself fetch adds no-cache.
      headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' },
    });
    expect(same.status).toBe(304);
    const head = await gateway.request(path, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '10']);
    const download = await gateway.request(`${path}?download`);
    expect(download.headers.get('content-disposition')).toMatch(/^attachment; /);
    const poster = await gateway.request(`/api/v1/recordings/${id}/poster.jpg`);
    expect(poster.headers.get('content-type')).toBe('image/jpeg');
    expect((await gateway.request(`/api/v1/recordings/${id}/chat.vtt`)).status).toBe(404);
  });

  it('lets nothing out that is not a recording', async () => {
    gateway = await FakeGateway.start();
    await gateway.join('walls', 'Alice');
    const id = await gateway.recorded('walls');
    const api = '/api/v1/recordings';
    writeFileSync(join(gateway.dataDir, 'secret.txt'), 'TOP SECRET');
    writeFileSync(join(gateway.dataDir, 'media.mp4'), 'TOP SECRET');
    const outside = join(gateway.dataDir, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'media.mp4'), 'TOP SECRET');
    symlinkSync(outside, join(gateway.dataDir, 'recordings', 'linked'));
    rmSync(fileOf(id, 'poster.jpg'));
    symlinkSync(join(gateway.dataDir, 'secret.txt'), fileOf(id, 'poster.jpg'));
    rmSync(fileOf(id, 'tracks'), { recursive: true });
    symlinkSync(outside, fileOf(id, 'tracks'));
    const paths = [
      `${api}/..`,
      `${api}/../media`,
      `${api}/%2e%2e/media`,
      `${api}/..%2f..%2fsecret.txt`,
      `${api}/${id}/../../secret.txt`,
      `${api}/${id}%2f..%2f..%2fsecret.txt/media`,
      `${api}/${id}%00/media`,
      `${api}/${id}%5c..%5c../media`,
      `${api}/%252e%252e/media`,
      `${api}/${id}/poster.jpg`,
      `${api}/${id}/tracks/media`,
      `${api}/${id}/tracks/..%2f..%2f..%2fsecret`,
      `${api}/${id}/tracks/`,
      `${api}/${id}/recording.json`,
      `${api}/linked/media`,
      `${api}/${'x'.repeat(65)}/media`,
      `${api}/${id.toUpperCase().replace(/\d/, 'Z')}/media`,
      `${api}//media`,
      `/hls/walls/index.m3u8`,
      `/hls/..%2frecordings/${id}/media.mp4`,
      `/hls/%2e%2e/secret.txt`,
    ];
    for (const path of paths) {
      const answer = await raw(gateway.url, path);
      expect(answer, path).toMatch(/^HTTP\/1\.1 404 /);
      expect(answer, path).not.toContain('TOP SECRET');
    }
    for (const path of [`${api}/%2e%2e`, `${api}/..%2fhls`, `${api}/linked`]) {
      expect((await gateway.request(path, { method: 'DELETE' })).status, path).toBe(404);
    }
    expect(existsSync(join(outside, 'media.mp4'))).toBe(true);
    for (const query of ['limit=0', 'limit=-1', 'limit=x', 'room=..%2f', 'limit=1&limit=2']) {
      expect((await gateway.request(`${api}?${query}`)).status, query).toBe(400);
    }
  });

  it('lists the newest first, of one room or so many, and deletes', async () => {
    gateway = await FakeGateway.start();
    await gateway.join('a', 'Alice');
    await gateway.join('b', 'Bob');
    const ids = [await gateway.recorded('a'), await gateway.recorded('b')];
    ids.push(await gateway.recorded('a'));
    const list = async (query: string) =>
      (await gateway.json<ToldRecording[]>('GET', `/api/v1/recordings${query}`)).body.map(
        ({ id }) => ids.indexOf(id),
      );
    expect(await list('')).toEqual([2, 1, 0]);
    expect(await list('?room=A')).toEqual([2, 0]);
    expect(await list('?limit=1')).toEqual([2]);
    const path = `/api/v1/recordings/${ids[1]!}`;
    const answers = await Promise.all([gateway.json('DELETE', path), gateway.json('DELETE', path)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404]);
    expect(await list('')).toEqual([2, 0]);
    expect(existsSync(fileOf(ids[1]!, ''))).toBe(false);
  });

  it('lets a download go on when its recording is deleted', async () => {
    gateway = await FakeGateway.start();
    await gateway.join('large', 'Alice');
    const id = await gateway.recorded('large');
    const size = 64 * 1024 * 1024;
    writeFileSync(fileOf(id, 'media.mp4'), Buffer.alloc(size, 'x'));
    const response = await gateway.request(`/api/v1/recordings/${id}/media`);
    const reader = response.body!.getReader();
    let received = (await reader.read()).value!.length;
    expect((await gateway.json('DELETE', `/api/v1/recordings/${id}`)).status).toBe(204);
    expect(existsSync(fileOf(id, ''))).toBe(false);
    for (;;) {
      const { value } = await reader.read();
      if (value === undefined) break;
      received += value.length;
    }
    expect(received).toBe(size);
    expect((await gateway.request(`/api/v1/recordings/${id}/media`)).status).toBe(404);
  });

  it('refuses bodies that are too large, no JSON or not as they should be', async () => {
    gateway = await FakeGateway.start();
    await gateway.join('bodies', 'Alice');
    const post = (body: string) =>
      gateway.request('/api/v1/rooms/bodies/recordings', { method: 'POST', body });
    const codeOf = async (response: Response) => [
      response.status,
      ((await response.json()) as { error: { code: string } }).error.code,
    ];
    expect(await codeOf(await post('{'))).toEqual([400, 'bad-request']);
    expect(await codeOf(await post('{"tracks":"yes"}'))).toEqual([400, 'bad-request']);
    expect(await codeOf(await post('{"track":true}'))).toEqual([400, 'bad-request']);
    expect(await codeOf(await post('"x"'))).toEqual([400, 'bad-request']);
    expect(await codeOf(await post(JSON.stringify({ a: 'x'.repeat(17_000) })))).toEqual([
      413,
      'too-large',
    ]);
  });

  it('asks for the key where there is one', async () => {
    gateway = await FakeGateway.start({
      ONEGRID_API_KEY: 'open sesame 123',
      ONEGRID_TRUST_PROXY: '1',
    });
    const open = ['/healthz', '/readyz', '/metrics'];
    for (const path of open) expect((await gateway.request(path)).status, path).toBe(200);
    await gateway.join('keys', 'Alice');
    const paths = [
      '/api/v1/rooms',
      '/api/v1/none',
      '/api/v1/recordings/x/media',
      '/hls/keys/index.m3u8',
    ];
    for (const path of paths) {
      expect(await gateway.json('GET', path), path).toMatchObject({
        status: 401,
        body: { error: { code: 'unauthorized' } },
      });
    }
    const get = async (headers: Record<string, string>) =>
      (await gateway.request('/api/v1/rooms', { headers })).status;
    expect(await get({ authorization: 'Bearer wrong' })).toBe(401);
    expect(await get({ authorization: 'Basic open' })).toBe(401);
    expect(await get({ cookie: 'onegrid_session=99999999999999.AAAA' })).toBe(401);
    const login = (key: unknown, headers: Record<string, string> = {}) =>
      gateway.request('/api/v1/login', { method: 'POST', body: JSON.stringify({ key }), headers });
    expect((await login('wrong')).status).toBe(401);
    expect((await login(1)).status).toBe(400);
    const loggedIn = await login('open sesame 123');
    expect(loggedIn.status).toBe(200);
    const cookie = loggedIn.headers.get('set-cookie')!;
    expect(cookie).toMatch(
      /^onegrid_session=\d+\.[\w-]+; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    );
    expect(cookie).not.toContain('sesame');
    expect(await get({ cookie: `a=b; ${cookie.split(';')[0]!}` })).toBe(200);
    const secure = await login('open sesame 123', { 'x-forwarded-proto': 'https' });
    expect(secure.headers.get('set-cookie')).toMatch(/; Secure$/);
    const out = await gateway.request('/api/v1/logout', { method: 'POST' });
    expect(out.headers.get('set-cookie')).toMatch(/^onegrid_session=; Path=\/; Max-Age=0;/);
    expect(gateway.log).not.toContain('sesame');
    const guesses = await Promise.all(Array.from({ length: 40 }, () => login('guess')));
    expect(guesses.map(({ status }) => status)).toContain(429);
  });

  it('takes the key as a header', async () => {
    gateway = await FakeGateway.start({ ONEGRID_API_KEY: 'sesame' });
    const headers = { authorization: 'Bearer sesame' };
    expect((await gateway.request('/api/v1/rooms', { headers })).status).toBe(200);
  });

  it('refuses changes that pages of other sites ask for', async () => {
    gateway = await FakeGateway.start();
    await gateway.join('sites', 'Alice');
    const path = '/api/v1/rooms/sites/recordings';
    const post = (origin: string) => gateway.request(path, { method: 'POST', headers: { origin } });
    expect((await post('https://evil.example')).status).toBe(403);
    expect((await post('null')).status).toBe(403);
    expect((await post(gateway.url)).status).toBe(201);
    const { headers } = await gateway.request('/');
    expect(headers.get('content-security-policy')).toContain("worker-src 'self' blob:");
  });
});
