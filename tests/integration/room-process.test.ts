import { readFileSync, readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { SignallingClient } from '../harness/client.ts';
import { TestServer } from '../harness/server.ts';
import { until } from '../harness/until.ts';

/** Process ids of a process's living children. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => {
      try {
        const stat = readFileSync(`/proc/${String(candidate)}/stat`, 'utf8');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return Number(parent) === pid && state !== 'Z';
      } catch {
        return false;
      }
    });
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('room processes', () => {
  let server: TestServer | undefined;
  const clients: SignallingClient[] = [];
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await server?.stop();
  });
  const join = async (room: string, name: string): Promise<SignallingClient> => {
    const client = await SignallingClient.join(server!.url, room, name);
    clients.push(client);
    return client;
  };
  const roomPid = (room: string): number =>
    server!.log.findLast((line) => line.msg === 'room process started' && line['room'] === room)![
      'roomPid'
    ] as number;

  it('are one for each room, with a spare kept warm, and none is left', async () => {
    server = await TestServer.start();
    await until(() => childrenOf(server!.pid).length === 1, 5000);
    const [spare] = childrenOf(server.pid);
    const alice = await join('one', 'Alice');
    expect(roomPid('one')).toBe(spare);
    await until(() => childrenOf(server!.pid).length === 2, 10_000);
    await join('two', 'Bob');
    expect(roomPid('two')).not.toBe(roomPid('one'));
    await alice.close();
    await until(() => !isAlive(spare!), 5000);
    const children = childrenOf(server.pid);
    expect(await server.stop()).toBe(0);
    expect(children.filter(isAlive)).toEqual([]);
    expect(server.complaints()).toEqual([]);
  });

  it('are replaced when they die, with the same people in them', async () => {
    server = await TestServer.start();
    const alice = await join('crash', 'Alice');
    const bob = await join('crash', 'Bob');
    const bystander = await join('calm', 'Carol');
    await bob.next('offer');
    const before = alice.received.filter(({ type }) => type === 'offer').length;
    process.kill(roomPid('crash'), 'SIGKILL');
    await alice.next('reset');
    await bob.next('reset');
    await until(
      () => alice.received.filter(({ type }) => type === 'offer').length > before,
      10_000,
    );
    const layouts = alice.received.filter((message) => message.type === 'layout');
    await until(() => layouts.length > 0, 5000);
    expect(
      alice.received
        .findLast((message) => message.type === 'layout')
        ?.tiles.map(({ participantId }) => participantId),
    ).toEqual([alice.id, bob.id]);
    expect(bystander.received.some(({ type }) => type === 'reset')).toBe(false);
    expect(await server.metricSum('onegrid_room_process_restarts_total')).toBe(1);
  });

  it('close the room when they keep dying', async () => {
    server = await TestServer.start();
    const alice = await join('doomed', 'Alice');
    for (const death of [1, 2, 3]) {
      const pid = roomPid('doomed');
      process.kill(pid, 'SIGKILL');
      if (death < 3) await until(() => roomPid('doomed') !== pid, 5000);
    }
    expect(await alice.next('closed')).toMatchObject({ reason: 'room-closed' });
  });

  it('die with their gateway', async () => {
    server = await TestServer.start();
    await join('orphan', 'Alice');
    const children = childrenOf(server.pid);
    expect(children.length).toBeGreaterThan(0);
    await server.stop('SIGKILL');
    await until(() => !children.some(isAlive), 5000);
  });
});
