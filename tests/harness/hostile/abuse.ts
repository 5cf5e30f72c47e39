import { SignallingClient } from '../client.ts';
import { Crowd } from '../crowd.ts';
import { Hiccups } from '../hiccups.ts';
import { longestGap, type SentFrame, TestServer, traced } from '../server.ts';
import { sleep, until } from '../until.ts';
import { throwGarbage, udpSockets } from './garbage.ts';
import { RawPeer } from './raw-peer.ts';
import { SlowSockets } from './slow-sockets.ts';

/** How much of it, and for how long. */
export interface AbuseOptions {
  /** Slow connections. */
  readonly sockets: number;
  readonly packetsPerSecond: number;
  readonly seconds: number;
}

/** What somebody in a call was sent in a while. */
export interface Sent {
  readonly pictures: number;
  readonly longestGapMs: number;
}

/** What came of it. */
export interface AbuseReport {
  /** Of each in the call: without anything, and under attack, for as long. */
  readonly control: readonly Sent[];
  readonly attacked: readonly Sent[];
  /** The longest hiccup of the machine itself, under attack. */
  readonly machineMs: number;
  /** What they saw, both together. */
  readonly fps: number;
  readonly gapMaxMs: number;
  /** From opening the socket to media both ways, under attack. */
  readonly joinMs: number;
  readonly garbage: { readonly sent: number; readonly seconds: number; readonly ports: number };
  readonly slowOpen: number;
  readonly restarts: number;
  readonly complaints: readonly unknown[];
}

const within = (frames: readonly SentFrame[], from: number, to: number): Sent => {
  const some = frames.slice(from, to);
  return { pictures: some.length, longestGapMs: Math.round(longestGap(some)) };
};

/** A call of two, first left alone and then beside slow connections and garbage at its media ports. */
export async function abuse(options: AbuseOptions): Promise<AbuseReport> {
  const server = await TestServer.start(traced);
  const crowd = new Crowd(server.url, { participants: 2, room: 'call', fps: 15, size: '320x180' });
  try {
    return await underAttack(server, crowd, options);
  } finally {
    await crowd.leave().catch(() => undefined);
    await server.stop();
  }
}

async function underAttack(
  server: TestServer,
  crowd: Crowd,
  { sockets, packetsPerSecond, seconds }: AbuseOptions,
): Promise<AbuseReport> {
  const observer = await SignallingClient.join(server.url, 'call', 'Observer');
  const ids = (): string[] => [
    ...new Set(
      observer.received.flatMap((message) =>
        message.type === 'joined'
          ? message.participants.filter(({ name }) => name !== 'Observer').map(({ id }) => id)
          : message.type === 'participant'
            ? [message.participant.id]
            : [],
      ),
    ),
  ];
  const seen = (id: string): number => server.sentTo(id).length;
  await until(() => ids().filter((id) => seen(id) > 10).length === 2);
  const people = ids();
  const counts = (): number[] => people.map(seen);

  const start = counts();
  await sleep(seconds * 1000);
  const middle = counts();
  const pid = await server.roomPid();
  const ports = udpSockets(pid);
  const hiccups = new Hiccups();
  const slow = await SlowSockets.open(server.port, sockets);
  const [garbage, joinMs] = await Promise.all([
    throwGarbage(ports, packetsPerSecond, seconds),
    sleep(seconds * 200).then(async () => {
      const peer = await RawPeer.join(server.url, 'call');
      await peer.leave();
      return peer.joinMs;
    }),
  ]);
  const end = counts();
  const { longestMs: machineMs } = await hiccups.take();
  await hiccups.stop();
  const slowOpen = slow.open;
  slow.close();
  await observer.close();
  const { fps, gapMaxMs } = await crowd.leave();
  const frames = people.map((id) => server.sentTo(id));
  return {
    control: frames.map((each, index) => within(each, start[index]!, middle[index]!)),
    attacked: frames.map((each, index) => within(each, middle[index]!, end[index]!)),
    machineMs,
    fps: fps.median ?? 0,
    gapMaxMs: gapMaxMs ?? Infinity,
    joinMs,
    garbage: { ...garbage, ports: ports.length },
    slowOpen,
    restarts: await server.metricSum('onegrid_room_process_restarts_total'),
    complaints: server.complaints(),
  };
}
