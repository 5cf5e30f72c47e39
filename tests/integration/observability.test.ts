import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SignallingClient } from '../harness/client.ts';
import { type LogLine, TestServer, traced } from '../harness/server.ts';
import { until } from '../harness/until.ts';

const launcher = fileURLToPath(new URL('../../bin/onegrid.mjs', import.meta.url));
const secrets = {
  ONEGRID_API_KEY: 'the-key-of-the-house',
  ONEGRID_TURN_SECRET: 'what-only-coturn-knows',
  ONEGRID_TURN_URLS: 'turn:127.0.0.1:9',
};
const authorization = `Bearer ${secrets.ONEGRID_API_KEY}`;

/** Good enough for the gateway; a digest of two bytes is not for libwebrtc. */
const unusable = [
  ...['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=-', 't=0 0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111'],
  ...['c=IN IP4 0.0.0.0', 'a=mid:0', 'a=setup:actpass', 'a=fingerprint:sha-256 AA:BB'],
  ...['a=ice-ufrag:1234', 'a=ice-pwd:1234567890123456789012', 'a=sendonly', 'a=rtcp-mux'],
  ...['a=rtpmap:111 opus/48000/2', ''],
].join('\r\n');

/** Somebody whose media comes, and goes once that has happened, in a process of their own. */
async function synthetic(
  url: string,
  room: string,
  happened: () => Promise<boolean>,
): Promise<void> {
  const args = ['load', '--url', url, '--room', room, '--participants', '1', '--duration', '0'];
  const child = spawn(process.execPath, [launcher, ...args, '--quiet'], { stdio: 'ignore' });
  const exit = once(child, 'exit');
  try {
    await until(happened);
  } finally {
    child.kill('SIGINT');
  }
  expect((await exit)[0]).toBe(0);
}

/** What is counted of people's media, by name and labels, and more than how much of it there is to be. */
const flowing = [
  ['onegrid_uplink_packets_total', '{outcome="received"}', 20],
  ['onegrid_uplink_frames_total', '{outcome="decoded"}', 5],
  ['onegrid_uplink_sound_seconds_total', '{outcome="received"}', 0.5],
  ['onegrid_room_event_loop_lag_seconds_count', '', 5],
  ['onegrid_output_bytes_total', '{kind="recording"}', 10_000],
] as const;

describe('a server at work', () => {
  let server: TestServer;
  let alice: SignallingClient;
  const chat = 'nobody else is to read this';
  beforeAll(async () => {
    server = await TestServer.start({ ...secrets, ...traced });
    alice = await SignallingClient.join(server.url, 'kitchen', 'Alice');
    alice.send({ type: 'record', action: 'start' });
    alice.send({ type: 'chat', text: chat });
    await alice.next('recording', ({ state }) => state === 'active');
    await synthetic(server.url, 'kitchen', async () => {
      const counts = flowing.map(
        async ([name, labels, least]) => (await value(name, labels)) > least,
      );
      const connections = ['downlink', 'uplink'].map(
        async (pc) => (await value('onegrid_peer_connections_total', connected(pc))) === 1,
      );
      // In few lines of the log there would be no secret either.
      return (
        server.log.length > 50 && (await Promise.all([...counts, ...connections])).every(Boolean)
      );
    });
    alice.send({ type: 'offer', pc: 'uplink', sdp: unusable });
    alice.send({ type: 'record', action: 'stop' });
    await alice.next('recording', ({ state }) => state === 'complete');
  });
  afterAll(async () => {
    await alice.close();
    await server.stop();
  });

  const value = async (name: string, labels: string): Promise<number> =>
    (await server.metric(name)).get(labels) ?? Number.NaN;
  const connected = (pc: string): string => `{pc="${pc}",result="connected"}`;
  const linesOf = (field: string, value: unknown): LogLine[] =>
    server.log.filter((line) => line[field] === value);
  const messages = (lines: readonly LogLine[], from: string): string[] =>
    lines.filter((line) => line['process'] === from).map(({ msg }) => msg);

  it('is followed through by the id of one connection: gateway, room process, output process', async () => {
    const joined = alice.received.find((message) => message.type === 'joined');
    for (const msg of ['room connected', 'output ended', 'The uplink offer cannot be used.']) {
      await server.logged(msg, { join: joined?.join });
    }
    const lines = linesOf('join', joined?.join);
    expect(messages(lines, 'gateway')).toContain('participant joined');
    expect(messages(lines, 'gateway')).toContain('recording started');
    expect(messages(lines, 'room')).toContain('The uplink offer cannot be used.');
    expect(messages(lines, 'output')).toContain('room connected');
    expect(messages(lines, 'output')).toContain('output ended');
    for (const line of lines) expect(line).toMatchObject({ room: 'kitchen' });
    // Nothing of it is for an operator to look after.
    expect(lines.filter(({ level }) => level >= 40)).toEqual([]);
  });

  it('says of each participant when media connected and that they left, with room, participant and join', async () => {
    const other = await server.logged('participant left');
    for (const msg of ['downlink connected', 'uplink connected']) {
      await server.logged(msg, { join: other['join'] });
    }
    const lines = linesOf('join', other['join']);
    expect(messages(lines, 'gateway')).toEqual(['participant joined', 'participant left']);
    expect(messages(lines, 'room')).toContain('downlink connected');
    expect(messages(lines, 'room')).toContain('uplink connected');
    for (const line of lines) {
      expect(line).toMatchObject({ room: 'kitchen', participant: other['participant'] });
    }
  });

  it('goes on under the id of the connection somebody comes back by', async () => {
    const before = alice.received.find((message) => message.type === 'joined')?.join;
    const resume = alice.resumeToken;
    await alice.drop();
    alice = await SignallingClient.join(server.url, 'kitchen', 'Alice', { resume });
    const join = alice.received.find((message) => message.type === 'joined')?.join;
    await until(() => linesOf('join', join).length > 0);
    expect(linesOf('join', join)[0]).toMatchObject({ msg: 'participant came back', before });
    alice.send({ type: 'offer', pc: 'uplink', sdp: unusable });
    await until(() => messages(linesOf('join', join), 'room').length > 0);
  });

  it('names a request that was refused in the answer and in the log, at debug', async () => {
    const response = await fetch(`${server.url}/api/v1/rooms/nowhere?token=not-to-be-seen`, {
      headers: { authorization },
    });
    expect(response.status).toBe(404);
    const id = response.headers.get('x-request-id');
    expect(id).toMatch(/^[\w-]{8}$/);
    await until(() => linesOf('request', id).length > 0);
    expect(linesOf('request', id)).toMatchObject([
      { level: 20, code: 'not-found', method: 'GET', path: '/api/v1/rooms/nowhere' },
    ]);
  });

  it('logs no secret, no description, no chat', () => {
    const all = server.log.map((line) => JSON.stringify(line)).join('\n');
    expect(server.log.length).toBeGreaterThan(50);
    const resumeTokens = alice.received.flatMap((message) =>
      message.type === 'joined' ? [message.resumeToken] : [],
    );
    for (const secret of [...Object.values(secrets).slice(0, 2), ...resumeTokens, chat]) {
      expect(all).not.toContain(secret);
    }
    expect(all).not.toMatch(/not-to-be-seen|a=fingerprint|a=ice-pwd|m=audio/);
  });

  it('counts connections, paths, errors, outputs and the disk', async () => {
    const sum = (name: string): Promise<number> => server.metricSum(name);
    // Room processes report twice a second.
    await until(async () => (await sum('onegrid_receivers')) === 0);
    expect(await sum('onegrid_connections')).toBe(1);
    expect(await value('onegrid_joins_total', '{kind="new"}')).toBe(2);
    expect(await value('onegrid_joins_total', '{kind="resumed"}')).toBe(1);
    expect(await value('onegrid_peer_connections_total', connected('downlink'))).toBe(1);
    expect(await value('onegrid_peer_connections_total', connected('uplink'))).toBe(1);
    for (const [name, labels, least] of flowing) {
      expect(await value(name, labels), name).toBeGreaterThan(least);
    }
    expect(await sum('onegrid_output_processes')).toBe(0);
    expect(await sum('onegrid_disk_free_bytes')).toBeGreaterThan(1e6);
    expect(await value('onegrid_http_errors_total', '{code="not-found"}')).toBe(1);
    const text = await (await fetch(`${server.url}/metrics`)).text();
    for (const name of ['kitchen', 'Alice', alice.id]) expect(text).not.toContain(name);
  });
});
