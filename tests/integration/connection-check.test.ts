import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectionCheckInfo } from '../../mcu/protocol/connection-check.ts';
import { FakeGateway } from '../harness/fake-gateway.ts';

const path = '/api/v1/connection-check';

describe('the connection check', () => {
  let gateway: FakeGateway;
  afterEach(() => gateway.stop());

  const info = async (): Promise<ConnectionCheckInfo> =>
    (await gateway.json<ConnectionCheckInfo>('GET', path)).body;

  it('says where UDP is answered, and answers there', async () => {
    gateway = await FakeGateway.start({ ONEGRID_UDP_PORTS: '23400-23420' });
    const { udp } = await info();
    expect(udp!.address).toBeNull();
    expect(udp!.port).toBeGreaterThan(23_400);
    expect(udp!.port).toBeLessThanOrEqual(23_420);
    const socket = createSocket('udp4');
    const request = Buffer.from('000100002112a442aaaaaaaaaaaaaaaaaaaaaaaa', 'hex');
    const answered = once(socket, 'message') as Promise<[Buffer]>;
    socket.send(Buffer.from('anything else'), udp!.port, '127.0.0.1');
    socket.send(request, udp!.port, '127.0.0.1');
    const [answer] = await answered;
    expect(answer.subarray(4, 20)).toEqual(request.subarray(4));
    socket.close();
  });

  it('gives what it promises on the way down, unpacked and never kept, and takes half of it on the way up', async () => {
    gateway = await FakeGateway.start({ ONEGRID_CHECK_BYTES: '10001', ONEGRID_API_KEY: 'secret' });
    expect((await info()).bytes).toBe(10_001);
    const down = await gateway.request(`${path}/download`);
    expect(down.headers.get('cache-control')).toBe('no-store');
    expect(down.headers.get('content-encoding')).toBeNull();
    const bytes = new Uint8Array(await down.arrayBuffer());
    expect(bytes).toHaveLength(10_001);
    expect(new Set(bytes).size).toBe(256);
    const up = (length: number): Promise<Response> =>
      gateway.request(`${path}/upload`, { method: 'POST', body: new Uint8Array(length) });
    expect(await (await up(5001)).json()).toEqual({ bytes: 5001 });
    expect((await up(5002)).status).toBe(413);
  });

  it('measures nothing where that is switched off', async () => {
    gateway = await FakeGateway.start({ ONEGRID_CHECK_BYTES: '0' });
    expect((await info()).bytes).toBe(0);
    expect((await gateway.request(`${path}/download`)).status).toBe(404);
    expect((await gateway.request(`${path}/upload`, { method: 'POST' })).status).toBe(404);
  });

  it('gives the credentials of a check for two minutes, and the announced address', async () => {
    gateway = await FakeGateway.start({
      ONEGRID_TURN_SECRET: 'shared',
      ONEGRID_TURN_URLS: 'turn:turn.example.org',
      ONEGRID_ANNOUNCED_IP: '203.0.113.7',
    });
    const { iceServers, udp } = await info();
    const [expiry, name] = iceServers[0]!.username!.split(':');
    expect(Number(expiry) - Date.now() / 1000).toBeLessThanOrEqual(120);
    expect(name).toMatch(/^check-/);
    expect(udp!.address).toBe('203.0.113.7');
  });

  it('holds back who asks too often', async () => {
    gateway = await FakeGateway.start();
    const answers = await Promise.all(Array.from({ length: 60 }, () => gateway.request(path)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(10);
    expect(refused.length).toBeLessThan(40);
  });
});
