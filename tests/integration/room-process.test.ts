import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { SignallingClient } from '../harness/client.ts';
import { type Fault, Faults } from '../harness/faults.ts';
import { isAlive } from '../harness/leftovers.ts';
import { childrenOf } from '../harness/processes.ts';
import { TestServer } from '../harness/server.ts';
import { until } from '../harness/until.ts';

const isWatchdog = (pid: number): boolean =>
  readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').includes('onegrid-watchdog');

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
  const roomPid = (room: string): Promise<number> => server!.roomPid(room);

  it('are one for each room, with spares kept warm, and none is left', async () => {
    server = await TestServer.start({ ONEGRID_SPARE_ROOMS: '2' });
    const rooms = (): number[] => childrenOf(server!.pid).filter((pid) => !isWatchdog(pid));
    await until(() => rooms().length === 2);
    const [spare] = rooms();
    const alice = await join('one', 'Alice');
    expect(await roomPid('one')).toBe(spare);
    await until(() => rooms().length === 3);
    await join('two', 'Bob');
    expect(await roomPid('two')).not.toBe(spare);
    await alice.close();
    await until(() => !isAlive(spare!));
    const children = childrenOf(server.pid);
    expect(await server.stop()).toBe(0);
    await until(() => !children.some(isAlive));
    expect(server.complaints()).toEqual([]);
  });

  it('are replaced when they die, with the same people in them', async () => {
    server = await TestServer.start();
    const alice = await join('crash', 'Alice');
    const bob = await join('crash', 'Bob');
    const bystander = await join('calm', 'Carol');
    await alice.next('offer');
    await alice.next('layout', ({ tiles }) => tiles.length === 2);
    await bob.next('offer');
    const before = alice.received.length;
    process.kill(await roomPid('crash'), 'SIGKILL');
    await alice.next('reset');
    await bob.next('reset');
    const since = (type: 'offer' | 'layout') =>
      alice.received.slice(before).find((message) => message.type === type);
    await until(() => since('offer') !== undefined && since('layout') !== undefined);
    const layout = since('layout');
    expect(layout?.type === 'layout' && layout.tiles.map((tile) => tile.participantId)).toEqual([
      alice.id,
      bob.id,
    ]);
    // The new process counts its offers from elsewhere: answers to old ones must not fit.
    expect(since('offer')).toMatchObject({ negotiation: 1001 });
    expect(bystander.received.some(({ type }) => type === 'reset')).toBe(false);
    expect(await server.metricSum('onegrid_room_process_restarts_total')).toBe(1);
  });

  it('close the room when they keep dying', async () => {
    server = await TestServer.start();
    const alice = await join('doomed', 'Alice');
    for (const death of [1, 2, 3]) {
      const pid = await roomPid('doomed');
      process.kill(pid, 'SIGKILL');
      if (death < 3) await until(async () => (await roomPid('doomed')) !== pid);
    }
    expect(await alice.next('closed')).toMatchObject({ reason: 'room-closed' });
    expect(alice.received.at(-2)).toMatchObject({ type: 'error', code: 'internal', fatal: true });
    expect(await server.metricSum('onegrid_rooms_given_up_total')).toBe(1);
  });

  // Two at a time: all of these start processes.
  const deaths: [how: string, hangMs: number, causes: [Fault, string][][]][] = [
    [
      'hang or crash',
      6000,
      [
        [
          ['SIGSTOP', 'hang'],
          ['SIGSEGV', 'signal'],
        ],
        [
          ['loop', 'hang'],
          ['abort', 'signal'],
        ],
      ],
    ],
    // While V8's memory fills, the event loop stands still; where memory comes slowly, for long.
    [
      'have no memory left',
      60_000,
      [
        [
          ['heap', 'memory'],
          ['memory', 'memory'],
        ],
      ],
    ],
  ];

  it.each(deaths)(
    'are replaced when they %s, and it is told of what',
    async (_, hangMs, causes) => {
      const happen = new Faults();
      server = await TestServer.start({
        ...happen.environment,
        ONEGRID_ROOM_MEMORY_BYTES: '600000000',
        ONEGRID_HANG_MS: String(hangMs),
      });
      const bystander = await join('calm', 'Carol');
      const counted = new Map([
        ['signal', 0],
        ['hang', 0],
        ['memory', 0],
        ['exit', 0],
      ]);
      for (const pair of causes) {
        await Promise.all(
          pair.map(async ([fault, cause]) => {
            counted.set(cause, counted.get(cause)! + 1);
            const alice = await join(fault, 'Alice');
            await alice.next('offer');
            const pid = await roomPid(fault.toLowerCase());
            const started = performance.now();
            happen.strike(pid, fault);
            await alice.next('reset');
            // How soon it is to be is for `npm run soak -- faults`.
            console.log(`${fault}: told after ${(performance.now() - started).toFixed(0)} ms`);
            expect(isAlive(pid)).toBe(false);
            expect(await server!.logged('room process died', { roomPid: pid })).toMatchObject({
              cause,
              room: fault.toLowerCase(),
            });
            await alice.next('offer', ({ negotiation }) => negotiation === 1001);
          }),
        );
      }
      const told = await server.metric('onegrid_process_deaths_total');
      for (const [cause, count] of counted) {
        expect(told.get(`{process="room",cause="${cause}"}`), cause).toBe(count);
      }
      expect(bystander.received.some(({ type }) => type === 'reset')).toBe(false);
      happen.close();
    },
  );

  it('survive what no browser would send', async () => {
    server = await TestServer.start({ ONEGRID_UDP_PORTS: '28100-28111' });
    const alice = await join('hostile', 'Alice');
    const bob = await join('hostile', 'Bob');
    await bob.next('offer');
    const section = (fingerprint: string): string =>
      [
        'v=0',
        'o=- 1 1 IN IP4 0.0.0.0',
        's=-',
        't=0 0',
        `a=fingerprint:sha-256 ${fingerprint}`,
        'm=audio 9 UDP/TLS/RTP/SAVPF 111',
        'c=IN IP4 0.0.0.0',
        'a=ice-ufrag:1234',
        'a=ice-pwd:1234567890123456789012',
        'a=sendonly',
        'a=rtcp-mux',
        'a=rtpmap:111 opus/48000/2',
        '',
      ].join('\r\n');
    const candidate = 'candidate:1 1 udp 1 192.0.2.1 9 typ host ufrag 1234';
    bob.send({ type: 'offer', pc: 'uplink', sdp: section('1') });
    bob.send({ type: 'offer', pc: 'uplink', sdp: section('aa:'.repeat(31) + 'aa') });
    bob.send({ type: 'answer', pc: 'downlink', sdp: section('bb:'.repeat(31) + 'bb') });
    for (let i = 0; i < 300; i++) {
      bob.send({ type: 'candidate', pc: i % 2 ? 'uplink' : 'downlink', candidate: { candidate } });
    }
    for (let i = 0; i < 20; i++) bob.send({ type: 'reconnect', pc: 'downlink' });
    await bob.next('error', ({ code }) => code === 'bad-sdp');
    await bob.next('error', ({ code }) => code === 'too-fast');
    await join('hostile', 'Carol');
    // Twelve ports are for three: the fourth would leave the process without any.
    const dave = await SignallingClient.connect(server.url);
    clients.push(dave);
    dave.send({ type: 'join', protocol: 1, room: 'hostile', name: 'Dave' });
    expect(await dave.next('error')).toMatchObject({ code: 'overloaded', fatal: true });
    alice.send({ type: 'reconnect', pc: 'downlink' });
    await alice.next('offer', ({ negotiation }) => negotiation === 2);
    expect(await server.metricSum('onegrid_room_process_restarts_total')).toBe(0);
  });

  it('die with their gateway, stopped or hanging in a loop, and so does all else of it', async () => {
    const happen = new Faults();
    server = await TestServer.start(happen.environment);
    await join('stopped', 'Alice');
    await join('hangs', 'Bob');
    // A watchdog that was killed has a successor.
    const watchdogs = (): number[] => childrenOf(server!.pid).filter(isWatchdog);
    const [first] = watchdogs();
    process.kill(first!, 'SIGKILL');
    await until(() => watchdogs().some((pid) => pid !== first));
    const all = childrenOf(server.pid);
    happen.strike(await roomPid('stopped'), 'SIGSTOP');
    happen.strike(await roomPid('hangs'), 'loop');
    await server.stop('SIGKILL');
    const started = performance.now();
    await until(() => !all.some(isAlive));
    console.log(`nothing left after ${(performance.now() - started).toFixed(0)} ms`);
    happen.close();
  });
});
