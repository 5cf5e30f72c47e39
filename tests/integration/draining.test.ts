import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { SignallingClient } from '../harness/client.ts';
import { FakeGateway } from '../harness/fake-gateway.ts';
import { isAlive } from '../harness/leftovers.ts';
import { childrenOf } from '../harness/processes.ts';
import { TestServer } from '../harness/server.ts';
import { sleep, until } from '../harness/until.ts';

/** Whether something has not come about after a moment. */
const stillWaits = async (what: Promise<unknown>): Promise<boolean> =>
  Promise.race([what.then(() => false), sleep(300).then(() => true)]);

describe('a server that drains', () => {
  let gateway: FakeGateway;
  afterEach(() => gateway.stop());
  const ready = async (): Promise<number> => (await gateway.request('/readyz')).status;

  it('opens no room, tells everybody, and ends behind the last one', async () => {
    gateway = await FakeGateway.start({ ONEGRID_DRAIN_MS: '60000' });
    const ana = await gateway.join('open', 'Ana');
    const drained = gateway.drain();
    expect(await ready()).toBe(503);
    expect((await gateway.request('/healthz')).status).toBe(200);
    const { at, inMs } = await ana.next('closing');
    expect(inMs).toBeLessThanOrEqual(60_000);
    expect(inMs).toBeGreaterThan(30_000);
    expect(Math.abs(Date.parse(at) - Date.now() - inMs)).toBeLessThan(5000);

    const ben = await SignallingClient.connect(gateway.url);
    ben.send({ type: 'join', protocol: 1, room: 'another', name: 'Ben' });
    expect(await ben.next('error')).toMatchObject({ code: 'overloaded', fatal: true });
    // To the room that is open one may still come, and hears of it.
    const carol = await gateway.join('open', 'Carol');
    expect((await carol.next('closing')).inMs).toBeLessThanOrEqual(60_000);
    expect(await stillWaits(drained)).toBe(true);
    carol.send({ type: 'chat', text: 'Goodbye' });
    await ana.next('chat');
    await carol.close();
    expect(await stillWaits(drained)).toBe(true);
    await ana.close();
    await drained;
    expect(ana.received.some(({ type }) => type === 'closed')).toBe(true);
    await expect(gateway.request('/healthz')).rejects.toThrow();
  });

  it('ends rooms at the deadline, with recordings finished', async () => {
    gateway = await FakeGateway.start({ ONEGRID_DRAIN_MS: '700' });
    const ana = await gateway.join('recorded', 'Ana');
    const id = await gateway.record('recorded');
    await gateway.reached(id, 'active');
    await gateway.drain();
    expect(await ana.next('closed')).toMatchObject({ reason: 'shutdown' });
    const states = ana.received.flatMap((each) => (each.type === 'recording' ? [each] : []));
    expect(states.at(-1)).toMatchObject({ state: 'complete', reason: 'stopped' });
    const file = `${gateway.dataDir}/recordings/${id}/recording.json`;
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ state: 'complete' });
  });

  it('does not wait where nobody is there', async () => {
    gateway = await FakeGateway.start({ ONEGRID_DRAIN_MS: '60000' });
    await gateway.drain();
    await expect(gateway.request('/healthz')).rejects.toThrow();
  });
});

describe('signals', () => {
  let server: TestServer;
  const clients: SignallingClient[] = [];
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await server.stop('SIGKILL');
  });
  /** A server with somebody in a room, and a long time to end. */
  const busy = async (): Promise<{ ana: SignallingClient; children: number[] }> => {
    server = await TestServer.start({ ONEGRID_DRAIN_MS: '60000' });
    const ana = await SignallingClient.join(server.url, 'busy', 'Ana');
    clients.push(ana);
    await ana.next('offer');
    return { ana, children: childrenOf(server.pid) };
  };

  it('twice SIGTERM ends at once with 1, with a word, and leaves no process', async () => {
    const { ana, children } = await busy();
    expect(children.length).toBeGreaterThan(0);
    const over = server.stop('SIGTERM');
    await ana.next('closing');
    expect(await stillWaits(over)).toBe(true);
    expect(children.some(isAlive)).toBe(true);
    await server.stop('SIGTERM');
    expect(await over).toBe(1);
    expect(await ana.next('closed')).toMatchObject({ reason: 'shutdown' });
    await until(() => !children.some(isAlive));
  });

  it('SIGINT does not wait for rooms: everything is brought to its end, and the exit code is 0', async () => {
    const { ana, children } = await busy();
    expect(await server.stop('SIGINT')).toBe(0);
    expect(await ana.next('closed')).toMatchObject({ reason: 'shutdown' });
    expect(ana.received.some(({ type }) => type === 'closing')).toBe(false);
    await until(() => !children.some(isAlive));
  });
});
