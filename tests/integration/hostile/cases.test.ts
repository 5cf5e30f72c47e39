import { connect, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebServer } from '../../../mcu/gateway/tls.ts';
import { SignallingClient } from '../../harness/client.ts';
import { HostileGateway } from '../../harness/hostile/gateway.ts';
import { maskedFrame } from '../../harness/hostile/slow-sockets.ts';
import { sleep, until } from '../../harness/until.ts';

const upgrade =
  'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** What the generators found, each as it was. */
describe('cases', () => {
  let gateway: HostileGateway;
  beforeAll(async () => {
    gateway = await HostileGateway.start('silent');
  });
  afterAll(() => gateway.stop());

  const open = (): Socket => {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.on('error', () => undefined);
    return socket;
  };
  const ask = (request: string): Promise<string> => {
    const socket = open();
    socket.write(request);
    return text(socket);
  };
  /** How many requests were told that they are bad. */
  const refusals = async (): Promise<number> => {
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    return Number(
      /^onegrid_http_errors_total\{code="bad-request"\} (\d+)$/m.exec(metrics)?.[1] ?? 0,
    );
  };

  it('pings are answered, but not thousands of them of who never reads', async () => {
    const ping = maskedFrame(9, Buffer.from('hello'));
    const honest = open();
    let got = Buffer.alloc(0);
    honest.on('data', (data: Buffer) => (got = Buffer.concat([got, data])));
    honest.write(upgrade);
    honest.write(Buffer.concat(Array<Buffer>(20).fill(ping)));
    await until(() => got.toString('latin1').split('hello').length === 21);
    honest.destroy();

    const flood = open();
    flood.pause();
    flood.write(upgrade);
    flood.write(Buffer.concat(Array<Buffer>(20_000).fill(maskedFrame(9, Buffer.alloc(125)))));
    // It was kept, with 2.5 MB of answers, until it had read them or its 30 s were over.
    flood.resume();
    await once(flood, 'close');
  });

  it('who has said too much may leave all the same', async () => {
    const alice = await SignallingClient.join(gateway.url, 'chatty', 'Alice');
    for (let sent = 0; sent < 300; sent += 1) alice.send({ type: 'hand', raised: sent % 2 === 0 });
    alice.send({ type: 'leave' });
    expect(await alice.next('error')).toMatchObject({ code: 'too-fast', fatal: false });
    expect(await alice.next('closed')).toMatchObject({ reason: 'left' });
  });

  it('who sends faster than is allowed is told so, and cut off where that changes nothing', async () => {
    const alice = await SignallingClient.join(gateway.url, 'flood', 'Alice');
    const mallory = await SignallingClient.join(gateway.url, 'flood', 'Mallory');
    for (let sent = 0; sent < 3000; sent += 1)
      mallory.send({ type: 'hand', raised: sent % 2 === 0 });
    await until(() => !mallory.isOpen);
    const errors = mallory.received.filter(({ type }) => type === 'error');
    expect(errors.length).toBeGreaterThan(900);
    expect(errors.at(-1)).toMatchObject({ code: 'too-fast', fatal: true });
    expect(errors.slice(0, -1).every((error) => 'fatal' in error && !error.fatal)).toBe(true);
    await alice.next('participant', ({ event }) => event === 'left');
    expect(alice.isOpen).toBe(true);
    await alice.close();
  });

  it.each([
    [
      'GET / HTTP/1.1\r\nHost: x\r\nRange: bytes=9-1\r\nConnection: close\r\n\r\n',
      400,
      'bad-request',
    ],
    ['GET / HTTP/1.1\r\nHost: x\r\nExpect: x\r\nConnection: close\r\n\r\n', 417, 'bad-request'],
    ['GET /\u0000 HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'bad-request'],
    [`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, 431, 'too-large'],
  ])('an error is JSON with a code, and is not kept: %j', async (request, status, code) => {
    const answer = await ask(request);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${String(status)} `));
    expect(answer).toMatch(/^content-type: application\/json/im);
    expect(answer).not.toMatch(/max-age=[1-9]/i);
    const body = JSON.parse(
      answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1),
    ) as object;
    expect(body).toMatchObject({ error: { code } });
  });

  it.each([
    ['leaves', '', true],
    ['sends what is no body', 'zz\r\n', false],
  ])('who %s in the middle of a body is no fault of the server', async (_what, rest, leaves) => {
    const paths = ['/api/v1/connection-check/upload', '/api/v1/login', '/api/v1/logout'];
    for (const path of paths) {
      const refused = await refusals();
      const socket = open();
      const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`;
      socket.write(`${head}3\r\nabc\r\n${rest}`);
      // The request is being read by then.
      await sleep(50);
      if (leaves) socket.destroy();
      else expect(await text(socket)).toMatch(/^HTTP\/1.1 400 [^]*"code":"bad-request"/);
      await until(async () => (await refusals()) > refused);
    }
    expect(gateway.complaints).toEqual([]);
  });

  it('who never sends the end of a request is answered after a while, and hung up on', async () => {
    const { server } = await createWebServer(
      { tlsCert: undefined, tlsKey: undefined },
      pino({ level: 'silent' }),
    );
    expect(server.headersTimeout).toBe(10_000);
    expect(server.requestTimeout).toBe(60_000);
    server.headersTimeout = 200;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nX-Slow: ');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 408 [^]*"code":"bad-request"/);
    server.close();
  });
});
