import { afterEach, describe, expect, it } from 'vitest';
import { SignallingClient } from '../harness/client.ts';
import { TestServer } from '../harness/server.ts';
import { until } from '../harness/until.ts';

describe('the quality of a receiver', () => {
  let server: TestServer | undefined;
  const clients: SignallingClient[] = [];
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await server?.stop();
  });
  const start = async (environment: Record<string, string> = {}): Promise<SignallingClient> => {
    server = await TestServer.start(environment);
    const client = await SignallingClient.join(server.url, 'quality', 'Alice');
    clients.push(client);
    return client;
  };

  it('is told after joining, and again whenever another is asked for', async () => {
    const alice = await start();
    expect(await alice.next('quality')).toMatchObject({
      rung: 'high',
      reason: 'auto',
      estimateKbps: 1652,
      rungs: ['high', 'medium', 'low', 'tiny', 'audio'].map((rung) => ({ rung })),
    });
    for (const max of ['medium', 'low', 'tiny', 'audio'] as const) {
      alice.send({ type: 'quality', max });
      const told = await alice.next('quality', ({ rung }) => rung === max);
      expect(told.reason).toBe('requested');
      expect(told.estimateKbps).toBeLessThan(650);
    }
    alice.send({ type: 'quality', max: 'auto' });
    await until(() => alice.received.filter(({ type }) => type === 'quality').length === 6);
    expect(alice.received.findLast(({ type }) => type === 'quality')).toMatchObject({
      rung: 'high',
      reason: 'auto',
    });
    alice.sendRaw('{"type":"quality","max":"best"}');
    expect(await alice.next('error')).toMatchObject({ code: 'bad-message', fatal: false });
  });

  it('may not be changed all the time: that opens encoders', async () => {
    const alice = await start();
    for (let k = 0; k < 20; k++) alice.send({ type: 'quality', max: k % 2 ? 'low' : 'high' });
    await alice.next('error', ({ code }) => code === 'too-fast');
  });

  it('is one of those that may be used', async () => {
    const alice = await start({ ONEGRID_RUNGS: 'medium,low' });
    expect(await alice.next('quality')).toMatchObject({ rung: 'medium', reason: 'auto' });
    alice.send({ type: 'quality', max: 'tiny' });
    expect(await alice.next('quality', ({ reason }) => reason === 'requested')).toMatchObject({
      rung: 'low',
    });
    alice.send({ type: 'quality', max: 'audio' });
    await alice.next('quality', ({ rung }) => rung === 'audio');
  });

  it('outlives the room process', async () => {
    const alice = await start();
    alice.send({ type: 'quality', max: 'low' });
    await alice.next('quality', ({ rung }) => rung === 'low');
    process.kill(await server!.roomPid(), 'SIGKILL');
    await alice.next('reset');
    const toldAfter = () =>
      alice.received
        .slice(alice.received.findIndex(({ type }) => type === 'reset'))
        .filter(({ type }) => type === 'quality');
    await until(() => toldAfter().length > 0);
    expect(toldAfter()).toMatchObject([{ rung: 'low', reason: 'requested' }]);
  });
});
