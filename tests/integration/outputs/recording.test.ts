import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { adopt, listSegments, RecordingSegment } from '../../../mixer/output/live/index.ts';
import { until } from '../../harness/until.ts';
import { useDisks } from '../output/mounts.ts';
import { canvas, type Clip, fps, makeClip, soundAt } from './clip.ts';
import { beepsOf, judge, worstOffset } from './judge.ts';
import { assembled, Feed, OutputProcess, useFolders } from './output-process.ts';

const recording = (directory: string, segment = 0, joined = false, tracks = false) =>
  ({ kind: 'recording', directory, segment, joined, tracks }) as const;

describe('a recording', () => {
  const freshFolder = useFolders();
  const disks = useDisks();
  let clip: Clip;
  beforeAll(async () => {
    clip = await makeClip();
  });

  it('is a file that plays, with sound and picture together', async () => {
    const directory = freshFolder();
    const socket = join(directory, 's');
    const output = await OutputProcess.open(recording(directory), socket);
    const feed = await Feed.connect(socket, clip);
    // Sound before the first picture is no part of it.
    for (let ms = -500; ms < 0; ms += 20) feed.sound(ms);
    await feed.send(0, 10);
    const end = await output.finish();
    expect(output.of('started')).toHaveLength(1);
    expect(end).toMatchObject({ type: 'finished', full: false });
    expect(output.exit).toEqual({ code: 0, signal: null });
    expect(readdirSync(directory).sort()).toEqual(['media.json', 'media.mp4', 'poster.jpg']);
    const seen = await judge(join(directory, 'media.mp4'));
    expect(seen.complaints).toBe('');
    expect(seen).toMatchObject({ videoStart: 0, audioStart: 0, pictures: 250 });
    expect(seen.flashes).toHaveLength(10);
    expect(seen.beeps).toHaveLength(10);
    expect(worstOffset(seen)).toBeLessThan(0.04);
    expect(Math.abs(seen.videoDuration - seen.audioDuration)).toBeLessThan(0.03);
    expect(seen.videoDuration).toBeCloseTo(10, 1);
  });

  it('loses at most a second and a half when its process is killed', async () => {
    const directory = freshFolder();
    const socket = join(directory, 's');
    const output = await OutputProcess.open(recording(directory), socket);
    const feed = await Feed.connect(socket, clip);
    const playing = feed.play(0, 600);
    const told = (): number => output.of('progress').at(-1)?.durationSeconds ?? 0;
    await until(() => told() > 5);
    await output.kill();
    feed.close();
    await playing;
    const before = await judge(join(directory, 'segment-0.mp4'));
    expect(before).toMatchObject({ videoStart: 0, audioStart: 0 });
    expect(await assembled(directory)).toMatchObject({ type: 'finished' });
    const seen = await judge(join(directory, 'media.mp4'));
    expect(seen.complaints).toBe('');
    expect(seen.videoDuration).toBeGreaterThan(told() - 1.5);
    expect(worstOffset(seen)).toBeLessThan(0.04);
    expect(existsSync(join(directory, 'segment-0.mp4'))).toBe(false);
    // Once more changes nothing.
    const again = await assembled(directory);
    expect(again).toMatchObject({ type: 'finished' });
  });

  it('goes on in its file when another room process connects, with the last picture and silence between', async () => {
    const directory = freshFolder();
    const socket = join(directory, 's');
    const output = await OutputProcess.open(recording(directory), socket);
    const feed = await Feed.connect(socket, clip);
    await feed.send(0, 4);
    const next = await Feed.connect(socket, clip, feed.startMs);
    await until(() => output.log.split('"room connected"').length === 3);
    // The older connection is of no account any more.
    await feed.send(4, 6).catch(() => undefined);
    await next.send(8, 12);
    expect(await output.finish()).toMatchObject({ type: 'finished' });
    const seen = await judge(join(directory, 'media.mp4'));
    expect(seen).toMatchObject({ complaints: '', pictures: 200 });
    expect(seen.videoDuration).toBeCloseTo(12, 1);
    expect(seen.audioDuration).toBeCloseTo(12, 1);
    expect(seen.beeps.map(Math.floor)).toEqual([0, 1, 2, 3, 8, 9, 10, 11]);
    expect(worstOffset(seen)).toBeLessThan(0.04);
  });

  it('is joined of its segments, with what was lost between as silence and a still picture', async () => {
    const directory = freshFolder();
    const socket = join(directory, 's');
    const first = await OutputProcess.open(recording(directory, 0), socket);
    const feed = await Feed.connect(socket, clip);
    await feed.send(0, 4.5);
    await until(() => first.of('progress').some((of) => of.durationSeconds > 4.4));
    await first.kill();
    const second = await OutputProcess.open(recording(directory, 1), socket);
    await (await Feed.connect(socket, clip, feed.startMs)).send(8, 10);
    expect(await second.finish()).toMatchObject({ type: 'finished' });
    const seen = await judge(join(directory, 'media.mp4'));
    expect(seen.complaints).toBe('');
    expect(seen.videoDuration).toBeCloseTo(10, 1);
    expect(seen.beeps.map(Math.floor)).toEqual([0, 1, 2, 3, 8, 9]);
    expect(worstOffset(seen)).toBeLessThan(0.04);
    // A pause, and it goes on an hour later.
    const third = await OutputProcess.open(recording(directory, 2, true), socket);
    const later = feed.startMs + 3_600_000;
    await (await Feed.connect(socket, clip, later)).send(0, 2);
    expect(await third.finish()).toMatchObject({ type: 'finished' });
    const all = await judge(join(directory, 'media.mp4'));
    expect(all.complaints).toBe('');
    expect(all.videoDuration).toBeCloseTo(12, 1);
    expect(all.beeps.map(Math.floor)).toEqual([0, 1, 2, 3, 8, 9, 10, 11]);
    expect(worstOffset(all)).toBeLessThan(0.04);
    expect(readdirSync(directory).sort()).toEqual(['media.json', 'media.mp4', 'poster.jpg']);
  });

  it('keeps the sound of each participant in a file of its own, from the beginning on', async () => {
    const directory = freshFolder();
    const socket = join(directory, 's');
    const first = await OutputProcess.open(recording(directory, 0, false, true), socket);
    const feed = await Feed.connect(socket, clip);
    feed.write({ kind: 'speaker', speaker: 1, id: 'alice', name: 'Alice' });
    feed.write({ kind: 'speaker', speaker: 2, id: '../bob', name: 'Bob' });
    await feed.send(0, 4);
    // She speaks from the third second on.
    for (let ms = 2000; ms < 4000; ms += 20) feed.sound(ms, 1);
    for (let ms = 2000; ms < 4000; ms += 20) feed.sound(ms, 2);
    feed.write({ kind: 'speaker', speaker: 3, id: 'carol', name: 'Carol' });
    await feed.send(4, 8);
    for (let ms = 6000; ms < 8000; ms += 20) feed.sound(ms, 3);
    for (let ms = 6000; ms < 8000; ms += 20) feed.sound(ms, 1);
    await first.caughtUp();
    await first.kill();
    const second = await OutputProcess.open(recording(directory, 1, false, true), socket);
    const next = await Feed.connect(socket, clip, feed.startMs);
    next.write({ kind: 'speaker', speaker: 7, id: 'alice', name: 'Alice' });
    await next.send(10, 12);
    for (let ms = 11_000; ms < 12_000; ms += 20) next.sound(ms, 7);
    expect(await second.finish()).toMatchObject({ type: 'finished' });
    expect(readdirSync(join(directory, 'tracks')).sort()).toEqual(['alice.m4a', 'carol.m4a']);
    const heard = async (name: string) =>
      (await beepsOf(join(directory, 'tracks', name))).map((at) => Number(at.toFixed(1)));
    expect(await heard('alice.m4a')).toEqual([2.4, 3.4, 6.4, 7.4, 11.4]);
    expect(await heard('carol.m4a')).toEqual([6.4, 7.4]);
  });

  it('passes over segments that are broken, and says where nothing plays', async () => {
    const directory = freshFolder();
    const socket = join(directory, 's');
    writeFileSync(join(directory, 'segment-0.mp4'), '');
    writeFileSync(join(directory, 'segment-1.mp4'), Buffer.alloc(5000, 7));
    expect(await assembled(directory)).toMatchObject({ type: 'failed' });
    const output = await OutputProcess.open(recording(directory, 2), socket);
    await (await Feed.connect(socket, clip)).send(0, 3);
    expect(await output.finish()).toMatchObject({ type: 'finished' });
    const seen = await judge(join(directory, 'media.mp4'));
    expect(seen).toMatchObject({ complaints: '', pictures: 75 });
    expect(await assembled(freshFolder())).toMatchObject({ type: 'failed' });
  });

  it('is whole wherever its file was cut', async () => {
    const directory = freshFolder();
    const socket = join(directory, 's');
    const output = await OutputProcess.open(recording(directory), socket);
    await (await Feed.connect(socket, clip)).send(0, 5);
    await until(() => output.of('progress').some((of) => of.durationSeconds > 4.9));
    await output.kill();
    const whole = readFileSync(join(directory, 'segment-0.mp4'));
    for (const part of [0.3, 0.55, 0.9, 0.99]) {
      const cut = freshFolder();
      writeFileSync(join(cut, 'segment-0.mp4'), whole.subarray(0, Math.floor(whole.length * part)));
      const end = await assembled(cut);
      expect(end).toMatchObject({ type: 'finished' });
      const seen = await judge(join(cut, 'media.mp4'));
      expect(seen.complaints).toBe('');
      expect(seen.pictures).toBeGreaterThanOrEqual(Math.floor(part * 4.5) * 25 - 25);
      expect(worstOffset(seen)).toBeLessThan(0.06);
    }
  });

  it.skipIf(disks.missing !== null)(
    `ends by itself on a full disk, and plays${disks.missing === null ? '' : ` (${disks.missing})`}`,
    async () => {
      const directory = join(freshFolder(), 'disk');
      disks.mount(directory, 4 * 1024 * 1024);
      const socket = join(directory, 's');
      const output = await OutputProcess.open(recording(directory), socket);
      const feed = await Feed.connect(socket, clip);
      const sending = feed.play(0, 6).catch(() => undefined);
      await until(() => output.of('progress').length > 2);
      writeFileSync(join(directory, 'other'), Buffer.alloc(2_300_000));
      expect(await output.ended()).toMatchObject({ type: 'finished', full: true });
      feed.close();
      await sending;
      const seen = await judge(join(directory, 'media.mp4'));
      expect(seen.complaints).toBe('');
      expect(seen.pictures).toBeGreaterThan(25);
      expect(worstOffset(seen)).toBeLessThan(0.04);
    },
  );

  it.skipIf(disks.missing !== null)('keeps what is whole when the disk fails', async () => {
    const directory = join(freshFolder(), 'disk');
    disks.mount(directory, 256 * 1024);
    const segment = await RecordingSegment.open({ ...recording(directory), ...canvas, fps });
    for (let picture = 0; picture < 400 * fps && !segment.isFull; picture += 1) {
      const { data, keyframe } = clip.pictures[picture % clip.pictures.length]!;
      segment.picture(data, keyframe, picture * 40);
      for (const ms of [0, 20]) segment.audio(0, soundAt(picture * 40 + ms), picture * 40 + ms);
    }
    expect(segment.isFull).toBe(true);
    const { error } = await segment.finish();
    expect(String(error)).toMatch(/No space left/);
    const seen = await judge(join(directory, 'segment-0.mp4'));
    expect(seen.complaints).toBe('');
    expect(seen.pictures).toBeGreaterThan(100);
    expect(worstOffset(seen)).toBeLessThan(0.04);
    const [file] = await listSegments(directory);
    expect((await adopt(directory, file!))?.durationSeconds).toBeCloseTo(seen.pictures / 25, 1);
  });
});
