import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ClientMessageInput } from '../../mcu/protocol/client.ts';
import type { Role } from '../../mcu/protocol/common.ts';
import { SignallingClient } from '../harness/client.ts';
import { FakeGateway } from '../harness/fake-gateway.ts';
import { badTokens, inAnHour, tokenOf, tokenSecret } from '../harness/tokens.ts';
import { until } from '../harness/until.ts';

const token = (room: string, role: Role, name?: string): string =>
  tokenOf({ room, role, ...(name !== undefined && { name }) });
const bearer = (text: string) => ({ authorization: `Bearer ${text}` });

describe('a server that asks for room tokens', () => {
  let gateway: FakeGateway;
  const open: SignallingClient[] = [];

  beforeAll(async () => {
    gateway = await FakeGateway.start({
      ONEGRID_TOKEN_SECRET: tokenSecret,
      ONEGRID_TURN_SECRET: 'a secret of coturn',
      ONEGRID_TURN_URLS: 'turn:turn.example.org',
      ONEGRID_ICE_SERVERS: '[{"urls":"stun:stun.example.org"}]',
      ONEGRID_RECORDING_EMPTY: 'end',
    });
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.close()));
  });
  afterAll(async () => {
    await gateway.stop();
  });

  const connect = async (): Promise<SignallingClient> => {
    const client = await SignallingClient.connect(gateway.url);
    open.push(client);
    return client;
  };
  /** Tries to join. @returns the code of the error that ended it, or `joined` */
  const attempt = async (
    room: string,
    given?: string,
    more: Partial<ClientMessageInput> = {},
  ): Promise<string> => {
    const client = await connect();
    client.send({
      type: 'join',
      protocol: 1,
      room,
      name: 'Eve',
      ...(given !== undefined && { token: given }),
      ...more,
    } as ClientMessageInput);
    await until(() => client.received.length > 0);
    const [first] = client.received;
    if (first?.type === 'error') {
      expect(first.fatal).toBe(true);
      await until(() => !client.isOpen);
      return first.code;
    }
    return first!.type;
  };
  const join = async (room: string, role: Role, name: string): Promise<SignallingClient> => {
    const client = await gateway.join(room, name, { token: token(room, role) });
    open.push(client);
    return client;
  };
  const status = async (path: string, given?: string, method = 'GET'): Promise<number> => {
    const headers = given === undefined ? {} : bearer(given);
    return (await gateway.request(path, { method, headers })).status;
  };

  it('lets nobody join without a good one', async () => {
    expect(await attempt('kitchen')).toBe('unauthorized');
    for (const [what, bad] of badTokens('kitchen')) {
      expect(await attempt('kitchen', bad), what).toBe('unauthorized');
    }
    expect(await attempt('kitchen', token('cellar', 'host'))).toBe('forbidden');
    expect(gateway.rooms.filter(({ room }) => room === 'kitchen')).toEqual([]);
    expect(await attempt('kitchen', token('KITCHEN', 'guest'))).toBe('joined');
    expect(await attempt('kitchen', token('*', 'guest'))).toBe('joined');
  });

  it('lets nobody at the API, recordings or HLS without one of a host of that room', async () => {
    const host = await join('kitchen', 'host', 'Hanna');
    host.send({ type: 'record', action: 'start' });
    const { id } = await host.next('recording', ({ state }) => state === 'active');
    host.send({ type: 'record', action: 'stop' });
    await host.next('recording', ({ state }) => state === 'complete');
    const good = token('kitchen', 'host');
    const { body: on } = await gateway.json<{ hls: boolean }>(
      'PATCH',
      '/api/v1/rooms/kitchen',
      { hls: true },
      bearer(good),
    );
    expect(on.hls).toBe(true);
    const hls = '/hls/kitchen/index.m3u8';
    const snapshot = '/api/v1/rooms/kitchen/snapshot.jpg';
    const media = `/api/v1/recordings/${id}/media`;
    const poster = `/api/v1/recordings/${id}/poster.jpg`;
    const api = ['/api/v1/rooms', '/api/v1/rooms/kitchen', '/api/v1/recordings'];
    api.push(`/api/v1/recordings/${id}`, media, poster);
    const all = [...api, snapshot, hls];
    for (const path of all) expect(await status(path), path).toBe(401);
    for (const [what, bad] of badTokens('kitchen')) {
      for (const path of ['/api/v1/rooms', media, snapshot, hls]) {
        expect(await status(path, bad), what).toBe(401);
        const query = `?token=${encodeURIComponent(bad)}`;
        expect(await status(path + query), what).toBe(401);
      }
    }
    // Of another role, and of another room.
    for (const role of ['guest', 'viewer'] as const) {
      for (const path of api) expect(await status(path, token('kitchen', role)), path).toBe(403);
      expect(await status(snapshot, token('kitchen', role))).toBe(200);
    }
    for (const path of [...api.slice(1), snapshot, hls].filter((path) => !path.endsWith('s'))) {
      expect(await status(path, token('cellar', 'host')), path).toBe(403);
    }
    for (const [method, path] of [
      ['DELETE', '/api/v1/rooms/kitchen'],
      ['DELETE', `/api/v1/rooms/kitchen/participants/${host.id}`],
      ['POST', '/api/v1/rooms/kitchen/recordings'],
      ['POST', '/api/v1/rooms/kitchen/streams'],
      ['POST', `/api/v1/recordings/${id}/stop`],
      ['DELETE', `/api/v1/recordings/${id}`],
    ] as const) {
      expect(await status(path, undefined, method), path).toBe(401);
      expect(await status(path, token('kitchen', 'guest'), method), path).toBe(403);
      expect(await status(path, token('cellar', 'host'), method), path).toBe(403);
      // A link that changes something would be clicked too easily.
      expect(await status(`${path}?token=${good}`, undefined, method), path).toBe(401);
    }
    // And the right one, in both places.
    for (const path of all.filter((each) => each !== hls)) {
      expect(await status(path, good), path).toBe(200);
      expect(await status(`${path}?token=${good}`), path).toBe(200);
    }
    const list = async (path: string, given: string): Promise<string[]> => {
      const { body } = await gateway.json<{ name?: string; room?: string }[]>(
        'GET',
        path,
        undefined,
        bearer(given),
      );
      return body.map(({ name, room }) => room ?? name!);
    };
    await join('cellar', 'guest', 'Carl');
    expect(await list('/api/v1/rooms', good)).toEqual(['kitchen']);
    expect((await list('/api/v1/rooms', token('*', 'host'))).sort()).toEqual(['cellar', 'kitchen']);
    expect(await list('/api/v1/recordings', good)).toEqual(['kitchen']);
    expect(await list('/api/v1/recordings', token('cellar', 'host'))).toEqual([]);
    expect(await status('/api/v1/recordings?room=kitchen', token('cellar', 'host'))).toBe(403);
    expect(await status(`/api/v1/recordings/${id}`, good, 'DELETE')).toBe(204);
  });

  it('hands the token of a playlist on to its segments', async () => {
    await join('stream', 'host', 'Hanna');
    await gateway.json('PATCH', '/api/v1/rooms/stream', { hls: true }, bearer(token('*', 'host')));
    await until(() => existsSync(path.join(gateway.dataDir, 'hls', 'stream', 'index.m3u8')));
    const folder = path.join(gateway.dataDir, 'hls', 'stream');
    writeFileSync(path.join(folder, 'a-1.m4s'), 'media');
    writeFileSync(path.join(folder, 'index.m3u8'), '#EXTM3U\n#EXTINF:2,\na-1.m4s\n');
    const viewer = token('stream', 'viewer');
    const address = `/hls/stream/index.m3u8?token=${viewer}`;
    await until(async () => (await status(address)) === 200);
    const response = await gateway.request(address);
    expect(response.headers.get('content-type')).toContain('application/vnd.apple.mpegurl');
    expect(response.headers.get('cache-control')).toBe('private, max-age=1');
    const names = (await response.text()).split('\n').filter((line) => /^[^#]/.test(line));
    expect(names).toHaveLength(1);
    for (const name of names) {
      const { pathname, search } = new URL(name, `${gateway.url}${address}`);
      expect(await status(pathname)).toBe(401);
      expect(await status(pathname + search)).toBe(200);
    }
  });

  it('gives each role what it may, and its own name', async () => {
    const named = await connect();
    named.send({
      type: 'join',
      protocol: 1,
      room: 'roles',
      name: 'Mallory',
      token: token('roles', 'host', 'Hanna'),
    });
    const host = await named.next('joined');
    expect(host.participants[0]).toMatchObject({ name: 'Hanna', role: 'host' });
    expect(host.mayModerate).toBe(true);
    expect(host.may).toContain('record');

    const guest = await join('roles', 'guest', 'Gus');
    const { may, mayModerate } = await guest.next('joined');
    expect(may!.toSorted()).toEqual(['chat', 'hand', 'layout', 'react', 'send']);
    expect(mayModerate).toBe(false);
    const refused = async (client: SignallingClient, message: ClientMessageInput) => {
      const before = client.received.length;
      client.send(message);
      const error = await client.next('error', (each) => client.received.indexOf(each) >= before);
      expect(error, JSON.stringify(message)).toMatchObject({ code: 'forbidden', fatal: false });
    };
    const hostId = host.participantId;
    await refused(guest, { type: 'record', action: 'start' });
    await refused(guest, { type: 'moderate', participantId: hostId, action: 'remove' });

    const viewer = await join('roles', 'viewer', 'Vera');
    expect((await viewer.next('joined')).may).toEqual([]);
    const sdp = [
      'v=0',
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'a=ice-ufrag:abcd',
      'a=ice-pwd:0123456789012345678901',
      'a=fingerprint:sha-256 AA:BB',
      'a=sendonly',
      '',
    ].join('\r\n');
    for (const message of [
      { type: 'offer', pc: 'uplink', sdp },
      { type: 'candidate', pc: 'uplink', candidate: null },
      { type: 'reconnect', pc: 'uplink' },
      { type: 'media', audio: true, video: true, source: 'camera' },
      { type: 'hand', raised: true },
      { type: 'react', emoji: '👍' },
      { type: 'chat', text: 'hello' },
      { type: 'layout', mode: 'speaker' },
      { type: 'record', action: 'start' },
      { type: 'moderate', participantId: hostId, action: 'mute' },
    ] satisfies ClientMessageInput[]) {
      await refused(viewer, message);
    }
    const room = gateway.room('roles');
    const told = (type: string): unknown[] =>
      room.commands.filter(
        (command) =>
          command.type === type &&
          'participantId' in command &&
          command.participantId === viewer.id,
      );
    for (const type of ['offer', 'candidate', 'reconnect', 'media', 'hand', 'react']) {
      expect(told(type), type).toEqual([]);
    }
    viewer.send({ type: 'candidate', pc: 'downlink', candidate: null });
    viewer.send({ type: 'reconnect', pc: 'downlink' });
    viewer.send({ type: 'quality', max: 'low' });
    await until(() => told('quality').length === 1);
    expect([...told('candidate'), ...told('reconnect')]).toHaveLength(2);
    // Nor can a viewer be pinned: there is no tile.
    const before = guest.received.length;
    guest.send({ type: 'layout', mode: 'speaker', pinned: viewer.id });
    await guest.next('error', (each) => guest.received.indexOf(each) >= before);
    const added = room.commands.filter((command) => command.type === 'add');
    expect(added.map(({ member }) => member.watches)).toEqual([false, false, true]);
  });

  it('ends a recording when only viewers are left', async () => {
    const host = await join('audience', 'host', 'Hanna');
    const viewer = await join('audience', 'viewer', 'Vera');
    host.send({ type: 'record', action: 'start' });
    await host.next('recording', ({ state }) => state === 'active');
    await host.close();
    const end = await viewer.next('recording', ({ state }) => state === 'complete');
    expect(end.reason).toBe('room-empty');
    const { participants } = (
      await gateway.json<{ participants: { name: string }[] }>(
        'GET',
        `/api/v1/recordings/${end.id}`,
        undefined,
        bearer(token('*', 'host')),
      )
    ).body;
    expect(participants.map(({ name }) => name)).toEqual(['Hanna']);
    expect(viewer.isOpen).toBe(true);
  });

  it('lets somebody come back by a resume token once, after their invitation has expired too', async () => {
    const claims = { room: 'back', role: 'guest' };
    const first = await gateway.join('back', 'Gus', { token: tokenOf(claims) });
    const { id, resumeToken: resume } = first;
    await first.drop();
    const late = tokenOf({ ...claims, exp: inAnHour() - 3700 });
    expect(await attempt('back', undefined, { resume })).toBe('unauthorized');
    expect(await attempt('back', tokenOf(claims, { secret: 'x'.repeat(40) }), { resume })).toBe(
      'unauthorized',
    );
    const again = await gateway.join('back', 'Gus', { token: late, resume });
    open.push(again);
    expect(again.id).toBe(id);
    // The resume token is used: whoever has it is somebody new, and needs an invitation.
    expect(await attempt('back', undefined, { resume })).toBe('unauthorized');
    expect(await attempt('back', late, { resume })).toBe('unauthorized');
    const thief = await gateway.join('back', 'Eve', { token: tokenOf(claims), resume });
    open.push(thief);
    expect(thief.id).not.toBe(id);
    expect((await thief.next('joined')).resumed).toBeUndefined();
    expect(again.isOpen).toBe(true);
    // Nor does a viewer's invitation make one of a guest.
    const next = await gateway.join('back', 'Eve', {
      token: token('back', 'viewer'),
      resume: again.resumeToken,
    });
    open.push(next);
    expect(next.id).not.toBe(id);
  });

  it('looks at what is sent while a token is read afterwards, in order', async () => {
    const client = await connect();
    client.send({
      type: 'join',
      protocol: 1,
      room: 'hasty',
      name: 'Gus',
      token: token('hasty', 'guest'),
    });
    const texts = Array.from({ length: 20 }, (_, index) => `message ${String(index)}`);
    for (const text of texts) client.send({ type: 'chat', text });
    client.sendRaw('nonsense');
    client.send({ type: 'hand', raised: true });
    await client.next('participant', ({ participant }) => participant.hand);
    const chats = client.received.flatMap((each) => (each.type === 'chat' ? [each.text] : []));
    expect(chats).toEqual(texts);
    expect(client.received[0]?.type).toBe('joined');
    expect(client.received.filter(({ type }) => type === 'error')).toHaveLength(1);
    expect(client.isOpen).toBe(true);

    const hangsUp = await connect();
    hangsUp.send({
      type: 'join',
      protocol: 1,
      room: 'hasty',
      name: 'Gone',
      token: token('hasty', 'guest'),
    });
    hangsUp.send({ type: 'leave' });
    await until(() => !hangsUp.isOpen);
    const { body } = await gateway.json<{ participants: unknown[] }>(
      'GET',
      '/api/v1/rooms/hasty',
      undefined,
      bearer(token('hasty', 'host')),
    );
    expect(body.participants).toHaveLength(1);
  });

  it('tells who has none of no TURN server, and what is wrong with the one they have', async () => {
    const check = async (given?: string): Promise<string[]> => {
      const headers = given === undefined ? {} : bearer(given);
      const response = await gateway.request('/api/v1/connection-check', { headers });
      const { iceServers } = (await response.json()) as { iceServers: { urls: string }[] };
      return iceServers.flatMap(({ urls }) => urls);
    };
    const stun = 'stun:stun.example.org';
    expect(await check()).toEqual([stun]);
    for (const [, bad] of badTokens('a').slice(0, 6)) expect(await check(bad)).toEqual([stun]);
    expect(await check(token('a', 'viewer'))).toEqual([stun, 'turn:turn.example.org']);

    const access = async (given?: string): Promise<unknown> =>
      (await gateway.json('GET', '/api/v1/access', undefined, given ? bearer(given) : {})).body;
    const without = { tokens: true, key: false, invitation: null };
    expect(await access()).toEqual({ ...without, problem: 'missing' });
    const [[, late], [, forged]] = badTokens('a') as [[string, string], [string, string]];
    expect(await access(late)).toEqual({ ...without, problem: 'expired' });
    expect(await access(forged)).toEqual({ ...without, problem: 'invalid' });
    expect(await access(token('Room', 'host', 'Ana'))).toEqual({
      ...without,
      invitation: {
        room: 'room',
        role: 'host',
        name: 'Ana',
        expiresAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      },
      problem: null,
    });
  });

  it('refuses WebSockets of pages of other sites, whatever token they have', async () => {
    for (const origin of [
      'https://evil.example',
      'null',
      'file://',
      `${gateway.url}.evil.example`,
    ]) {
      await expect(SignallingClient.connect(gateway.url, { origin })).rejects.toThrow('403');
    }
    const client = await SignallingClient.connect(gateway.url, { origin: gateway.url });
    open.push(client);
    expect(client.isOpen).toBe(true);
  });

  it('has no key to log in with', async () => {
    const { status: answer } = await gateway.json('POST', '/api/v1/login', { key: tokenSecret });
    expect(answer).toBe(401);
  });

  it('logs no token', () => {
    expect(gateway.log).not.toContain('eyJ');
    expect(gateway.log).not.toContain(tokenSecret);
  });
});

describe('a server that asks for room tokens and has a key', () => {
  it('lets the key do everything over HTTP, and nothing in rooms', async () => {
    const gateway = await FakeGateway.start({
      ONEGRID_TOKEN_SECRET: tokenSecret,
      ONEGRID_API_KEY: 'sesame',
    });
    try {
      await gateway.join('kitchen', 'Hanna', { token: token('kitchen', 'host') });
      const get = async (headers: Record<string, string>, path = '/api/v1/rooms/kitchen') =>
        (await gateway.request(path, { headers })).status;
      expect(await get({})).toBe(401);
      expect(await get(bearer('sesame'))).toBe(200);
      expect(await get(bearer(token('kitchen', 'host')))).toBe(200);
      // The key is no token: it is in no URL.
      expect(await get({}, '/api/v1/rooms/kitchen?token=sesame')).toBe(401);
      const thief = await SignallingClient.connect(gateway.url);
      thief.send({ type: 'join', protocol: 1, room: 'kitchen', name: 'Eve', token: 'sesame' });
      expect(await thief.next('error')).toMatchObject({ code: 'unauthorized', fatal: true });
      await thief.drop();
    } finally {
      await gateway.stop();
    }
  });
});
