import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OutputFeed } from '../../../mcu/room/output-feed.ts';
import { machineOffsetMs, type OutputPacket, PacketReader } from '../../../mcu/outputs/wire.ts';
import type { AccessUnit } from '../../../mixer/encode/index.ts';

type Show = (unit: AccessUnit, atMs: number, scheduled?: boolean) => void;
type Mix = (samples: Float32Array, atMs: number) => void;
type Voice = (id: string, samples: Float32Array, atMs: number) => void;

describe('what a room feeds an output process', () => {
  let directory: string;
  let server: Server;
  let sockets: Socket[];
  let packets: OutputPacket[];
  let show: Show;
  let mix: Mix;
  let voice: Voice | undefined;
  let ended: string[];
  let feed: OutputFeed;

  const listen = async (): Promise<void> => {
    server = createServer((socket) => {
      sockets.push(socket);
      const reader = new PacketReader();
      socket.on('data', (piece) => {
        packets.push(...reader.push(piece));
      });
      socket.on('error', () => undefined);
    });
    server.listen(join(directory, 'out.sock'));
    await once(server, 'listening');
  };

  const open = (tracks = false, queueBytes = 1_000_000): void => {
    feed = new OutputFeed({
      socket: join(directory, 'out.sock'),
      tracks,
      queueBytes,
      nameOf: (id) => `name of ${id}`,
      log: pino({ level: 'silent' }),
      dropped: () => undefined,
      video: {
        record(consumer) {
          show = (unit, atMs, scheduled = false) => {
            consumer(unit, atMs, scheduled);
          };
          return () => ended.push('video');
        },
      },
      audio: {
        record(onMix, onVoice) {
          mix = onMix;
          voice = onVoice;
          return () => ended.push('audio');
        },
      },
    });
  };

  const unit = (tick: number, keyframe = false, bytes = 3): AccessUnit => ({
    codec: 'h264',
    tick,
    keyframe,
    data: Buffer.alloc(bytes, tick),
  });

  const pictures = () => packets.filter((packet) => packet.kind === 'video');

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'feed-'));
    sockets = [];
    packets = [];
    ended = [];
    await listen();
  });

  afterEach(async () => {
    feed.close();
    for (const socket of sockets) socket.destroy();
    server.close();
    await rm(directory, { recursive: true });
  });

  it('sends pictures from a keyframe on, the mix, and each voice under a number that it names first', async () => {
    open(true);
    show(unit(1), 40);
    show(unit(2, true), 80, true);
    voice?.('alice', Float32Array.of(1, -1, 0.5), 90);
    voice?.('bob', Float32Array.of(0), 90);
    mix(Float32Array.of(0.25, 2, -2), 90);
    voice?.('alice', Float32Array.of(0), 110);
    await soon(() => {
      expect(packets).toHaveLength(7);
    });
    const offset = machineOffsetMs();
    const [picture, alice, sound, bob, , full, again] = packets;
    expect(picture).toMatchObject({
      ...{ kind: 'video', keyframe: true, scheduled: true },
      data: Buffer.alloc(3, 2),
    });
    expect(picture?.kind === 'video' && picture.atMs - offset).toBeCloseTo(80, 0);
    expect(alice).toEqual({ kind: 'speaker', speaker: 1, id: 'alice', name: 'name of alice' });
    expect(sound).toMatchObject({
      kind: 'audio',
      speaker: 1,
      data: samples(32_767, -32_768, 16_384),
    });
    expect(bob).toMatchObject({ kind: 'speaker', speaker: 2, id: 'bob' });
    expect(full).toMatchObject({ kind: 'audio', speaker: 0, data: samples(8192, 32_767, -32_768) });
    expect(again).toMatchObject({ kind: 'audio', speaker: 1 });
  });

  it('wants no voices where they are not kept', () => {
    open(false);
    expect(voice).toBeUndefined();
  });

  it('leaves out what an output process does not take, and goes on with a keyframe once it reads again', async () => {
    open(false, 1_000_000);
    await soon(() => {
      expect(sockets).toHaveLength(1);
    });
    sockets[0]!.pause();
    for (let tick = 0; tick < 60; tick += 1) show(unit(tick, tick === 0, 100_000), tick * 40);
    sockets[0]!.resume();
    await soon(() => {
      expect(pictures().length).toBeGreaterThan(5);
    });
    // What was queued has come once a later sound has.
    const soundCame = async (): Promise<void> => {
      const before = packets.length;
      await soon(() => {
        mix(new Float32Array(1), 0);
        expect(packets.slice(before).some(({ kind }) => kind === 'audio')).toBe(true);
      });
    };
    await soundCame();
    const kept = pictures().length;
    expect(kept).toBeLessThan(60);
    show(unit(60), 2400);
    show(unit(61, true), 2440);
    show(unit(62), 2480);
    await soon(() => {
      expect(pictures()).toHaveLength(kept + 2);
    });
    expect(pictures()[kept]).toMatchObject({ keyframe: true });
  });

  it('keeps what comes before the output process listens', async () => {
    await new Promise((resolve) => server.close(resolve));
    open();
    show(unit(1, true), 40);
    mix(new Float32Array(1), 40);
    show(unit(2), 80);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await listen();
    await soon(() => {
      expect(packets).toHaveLength(3);
    });
    expect(packets.map(({ kind }) => kind)).toEqual(['video', 'audio', 'video']);
  });

  it('connects again when the connection breaks, and begins anew on it', async () => {
    open(true);
    show(unit(1, true), 40);
    voice?.('alice', new Float32Array(1), 40);
    await soon(() => {
      expect(packets).toHaveLength(3);
    });
    sockets[0]!.destroy();
    await soon(() => {
      expect(sockets).toHaveLength(2);
    });
    packets.length = 0;
    show(unit(2), 80);
    show(unit(3, true), 120);
    voice?.('alice', new Float32Array(1), 120);
    await soon(() => {
      expect(packets).toHaveLength(3);
    });
    expect(packets.map(({ kind }) => kind)).toEqual(['video', 'speaker', 'audio']);
    expect(packets[0]).toMatchObject({ keyframe: true });
  });

  it('sends what is queued when the output process asks for the end, and begins anew with a keyframe', async () => {
    open();
    await soon(() => {
      expect(sockets).toHaveLength(1);
    });
    show(unit(1, true), 40);
    show(unit(2), 80);
    sockets[0]!.end();
    await once(sockets[0]!, 'close');
    expect(pictures().map(({ data }) => data[0])).toEqual([1, 2]);
    // Another process takes its place.
    await soon(() => {
      expect(sockets).toHaveLength(2);
    });
    show(unit(3), 120);
    show(unit(4, true), 160);
    feed.close();
    await once(sockets[1]!, 'close');
    expect(pictures().map(({ data }) => data[0])).toEqual([1, 2, 4]);
  });

  it('sends what is queued before it ends, and takes no more', async () => {
    open();
    for (let tick = 0; tick < 20; tick += 1) show(unit(tick, tick === 0, 10_000), tick * 40);
    feed.close();
    expect(ended).toEqual(['video', 'audio']);
    await soon(() => {
      expect(pictures()).toHaveLength(20);
    });
  });
});

/** On a machine under load, too. */
function soon(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 10_000 });
}

function samples(...values: number[]): Buffer {
  return Buffer.from(Int16Array.from(values).buffer);
}
