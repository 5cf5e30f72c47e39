import nodeDataChannel from 'node-datachannel';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type * as synthetic from '../../../mcu/load/index.ts';
import { canvas } from '../compositing/task.ts';
import type { Load } from '../lab/in-child.ts';
import { ownCpuSeconds } from '../lab/own-cpu.ts';
import { rounded } from '../lab/statistics.ts';
import { type ExpectedTile, judgeReceived } from './judge.ts';
import type { Outcome } from './outcome.ts';
import type { ReceivedPacket } from './received.ts';
import type { RunTask } from './system.ts';
import { measureUsage } from './window.ts';

/** A run against a server that speaks onegrid's signalling. */
export interface DriveTask extends RunTask {
  readonly url: string;
  /** Of the server; what it has started is measured too. */
  readonly pid: number;
  readonly codec: 'h264' | 'vp8';
}

/** Everybody has a picture by then, in milliseconds. */
const patienceMs = 20_000;

const joinedSchema = z.object({ type: z.literal('joined'), participantId: z.string() });
const layoutSchema = z.object({
  type: z.literal('layout'),
  tiles: z.array(
    z.object({
      ...{ participantId: z.string(), x: z.number(), y: z.number() },
      ...{ width: z.number(), height: z.number() },
    }),
  ),
});

/** Lets synthetic participants join a server, and measures it while they are there. */
export async function work(task: DriveTask, load: Load): Promise<Outcome> {
  nodeDataChannel.initLogger('Fatal', () => undefined);
  const { runLoad, colours, loadDefaults } = await load<typeof synthetic>('mcu/load/index.js');
  const { url, participants, uplink, speakers } = task;
  const abort = new AbortController();
  const frames = Array.from({ length: participants }, () => 0);
  const ids: string[] = [];
  let tiles: z.infer<typeof layoutSchema>['tiles'] = [];
  let [videoBytes, soundPackets] = [0, 0];
  const packets: ReceivedPacket[] = [];
  const first: synthetic.ParticipantHooks = {
    packet: (kind, packet, atMs) => {
      if (kind === 'audio') soundPackets += 1;
      if (kind !== 'video' && kind !== 'rtx') return;
      videoBytes += packet.length;
      if (task.check) packets.push({ kind, packet: Buffer.from(packet), atMs });
    },
  };
  const running = runLoad(
    {
      ...loadDefaults,
      ...{ url, participants, speakers, room: 'bench', duration: 0, codec: task.codec },
      ...{ fps: uplink.fps, size: uplink, ramp: participants / 25 },
    },
    {
      signal: abort.signal,
      hooks: (index) => ({
        ...(index === 0 && first),
        frame: () => {
          frames[index] = (frames[index] ?? 0) + 1;
        },
        message: (message) => {
          const joined = joinedSchema.safeParse(message).data;
          if (joined) ids[index] = joined.participantId;
          if (index === 0) tiles = layoutSchema.safeParse(message).data?.tiles ?? tiles;
        },
      }),
    },
  );
  const giveUp = performance.now() + patienceMs;
  const early = running.then(({ report }) => {
    throw new Error(`The load ended early: ${JSON.stringify(report.errors.slice(0, 3))}`);
  });
  early.catch(() => undefined);
  const measured = async (): Promise<Omit<Outcome, 'verdict'>> => {
    while (frames.includes(0)) {
      if (performance.now() > giveUp) {
        const without = frames.filter((count) => count === 0).length;
        throw new Error(`${without} of ${participants} participants got no picture`);
      }
      await sleep(50);
    }
    await sleep(task.settle * 1000);
    const endUsage = measureUsage(task.pid);
    const before = { frames: [...frames], videoBytes, soundPackets, cpu: ownCpuSeconds() };
    const startMs = performance.now();
    await sleep(task.seconds * 1000);
    const seconds = (performance.now() - startMs) / 1000;
    const usage = endUsage();
    const got = frames.map((count, index) => count - (before.frames[index] ?? 0));
    return {
      usage,
      fps: rounded(Math.min(...got) / seconds),
      kilobits: rounded(((videoBytes - before.videoBytes) * 8) / 1000 / seconds),
      soundPackets: rounded((soundPackets - before.soundPackets) / seconds),
      loadCpu: rounded((ownCpuSeconds() - before.cpu) / seconds),
    };
  };
  let outcome;
  try {
    outcome = await Promise.race([measured(), early]);
  } finally {
    abort.abort();
    await running.catch(() => undefined);
  }
  const expected = ids.map((id, index): ExpectedTile => {
    const tile = tiles.find(({ participantId }) => participantId === id);
    return { tile: tile ?? nowhere, rgb: colours[index % colours.length] ?? 0 };
  });
  const verdict = task.check ? await judgeReceived(packets, task.codec, canvas, expected) : null;
  return { ...outcome, verdict };
}

const nowhere = { x: 0, y: 0, width: 0, height: 0 };
