import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { SignallingClient } from '../harness/client.ts';
import { addressOf } from '../harness/server.ts';
import { makeDataDir } from '../harness/test-run.ts';
import { badTokens, tokenOf, tokenSecret } from '../harness/tokens.ts';
import { until } from '../harness/until.ts';

const launcher = fileURLToPath(new URL('../../bin/onegrid.mjs', import.meta.url));

/** A server that tells all it can, and everything it writes. */
async function startTalkative(
  environment: Record<string, string>,
): Promise<{ url: string; child: ChildProcess; said: () => string }> {
  const dataDir = makeDataDir();
  const child = spawn(process.execPath, [launcher, 'serve'], {
    env: {
      ...process.env,
      PORT: '0',
      ONEGRID_HOST: '127.0.0.1',
      ONEGRID_LOG_LEVEL: 'trace',
      ONEGRID_DATA_DIR: dataDir,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  }
  child.once('exit', () => {
    rmSync(dataDir, { recursive: true, force: true });
  });
  return { url: await addressOf(child), child, said: () => said };
}

it('a server that tells all it can says no secret, its own or of those who use it', async () => {
  // A stream's target that hangs up on whoever calls.
  const target = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(target, 'listening');
  const { port } = target.address() as { port: number };
  const apiKey = 'an-api-key-nobody-guesses';
  const turnSecret = 'a-secret-shared-with-coturn';
  const { url, child, said } = await startTalkative({
    ONEGRID_TOKEN_SECRET: tokenSecret,
    ONEGRID_API_KEY: apiKey,
    ONEGRID_DRAIN_MS: '0',
    ONEGRID_TURN_SECRET: turnSecret,
    ONEGRID_TURN_URLS: `turn:127.0.0.1:${String(port)}`,
    ONEGRID_ICE_SERVERS: `[{"urls":"turn:127.0.0.1:${String(port)}","username":"someone","credential":"a-fixed-credential"}]`,
  });
  const secrets = [tokenSecret, apiKey, turnSecret, 'a-fixed-credential'];
  const keep = (secret: string): string => {
    secrets.push(secret);
    return secret;
  };
  try {
    const good = keep(tokenOf({ room: 'kitchen', role: 'host' }));
    const request = (path: string, init: RequestInit = {}) =>
      fetch(url + path, {
        ...init,
        headers: { authorization: `Bearer ${apiKey}`, ...(init.headers as Record<string, string>) },
      });
    for (const [, bad] of badTokens('kitchen').filter(([, each]) => each.length > 30)) {
      const client = await SignallingClient.connect(url);
      client.send({ type: 'join', protocol: 1, room: 'kitchen', name: 'Eve', token: keep(bad) });
      await client.next('error');
      await client.drop();
    }
    const first = await SignallingClient.join(url, 'kitchen', 'Hanna', { token: good });
    const offer = await first.next('offer');
    keep(/a=ice-pwd:(\S+)/.exec(offer.sdp)![1]!);
    await first.drop();
    const resume = keep(first.resumeToken);
    const hanna = await SignallingClient.join(url, 'kitchen', 'Hanna', { token: good, resume });
    keep(hanna.resumeToken);
    const { iceServers } = await hanna.next('joined');
    for (const { credential } of iceServers) if (credential !== undefined) keep(credential);
    hanna.send({ type: 'chat', text: keep('what nobody else is to read') });
    const transport = [
      `a=ice-ufrag:abcd`,
      `a=ice-pwd:${keep('a-password-of-ice-that-is-long')}`,
      'a=fingerprint:sha-256 AA:BB:CC',
    ];
    const sdp = ['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=-', 't=0 0'];
    sdp.push('m=audio 9 UDP/TLS/RTP/SAVPF 111', 'c=IN IP4 0.0.0.0', ...transport, 'a=mid:0');
    hanna.send({ type: 'offer', pc: 'uplink', sdp: [...sdp, 'a=sendonly', ''].join('\r\n') });
    hanna.send({ type: 'answer', pc: 'downlink', sdp: [...sdp, 'a=recvonly', ''].join('\r\n') });
    await hanna.next('error', ({ code }) => code === 'bad-sdp');

    await request('/api/v1/rooms/kitchen', {
      method: 'PATCH',
      body: JSON.stringify({ hls: true }),
    });
    const stream = `rtmp://someone:${keep('pass-of-stream')}@127.0.0.1:${String(port)}/live/${keep('key-of-stream')}`;
    const { status } = await request('/api/v1/rooms/kitchen/streams', {
      method: 'POST',
      body: JSON.stringify({ url: stream }),
    });
    expect(status).toBe(201);
    const login = await request('/api/v1/login', {
      method: 'POST',
      body: JSON.stringify({ key: apiKey }),
    });
    keep(/=([^;]+)/.exec(login.headers.get('set-cookie')!)![1]!);
    await request('/api/v1/login', { method: 'POST', body: `{"key":"${keep('a-wrong-guess')}` });
    await request('/api/v1/rooms', {
      headers: { authorization: `Bearer ${keep('another-guess')}` },
    });
    await fetch(`${url}/api/v1/recordings?token=${good}`);
    await fetch(`${url}/hls/kitchen/index.m3u8?token=${good}`);
    let state = '';
    await until(
      async () => {
        const answer = await request('/api/v1/rooms/kitchen');
        state = JSON.stringify(((await answer.json()) as { streams: unknown }).streams);
        return state.includes('retrying');
      },
      () => state,
    );
    await hanna.close();
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
    target.close();
  }
  const text = said();
  expect(text).toContain('participant came back');
  expect(text).toContain('stream');
  expect(text.split('\n').length).toBeGreaterThan(30);
  for (const secret of secrets) {
    expect(text.includes(secret), secret).toBe(false);
    expect(text.includes(encodeURIComponent(secret)), secret).toBe(false);
    expect(text.includes(Buffer.from(secret).toString('base64')), secret).toBe(false);
  }
});
