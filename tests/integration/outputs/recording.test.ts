import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Clip, makeClip } from './clip.ts';
import { judge, worstOffset } from './judge.ts';
import { assembled, Feed, OutputProcess, useFolders } from './output-process.ts';

const recording = (directory: string, segment = 0, joined = false, tracks = false) =>
  ({ kind: 'recording', directory, segment, joined, tracks }) as const;

describe('a recording', () => {
  const freshFolder = useFolders();
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
    await feed.play(0, 5.6);
    await output.kill();
    feed.close();
    const before = await judge(join(directory, 'segment-0.mp4'));
    expect(before).toMatchObject({ videoStart: 0, audioStart: 0 });
    expect(await assembled(directory)).toMatchObject({ type: 'finished' });
    const seen = await judge(join(directory, 'media.mp4'));
    expect(seen.complaints).toBe('');
    expect(seen.videoDuration).toBeGreaterThan(4.1);
    expect(worstOffset(seen)).toBeLessThan(0.04);
    expect(existsSync(join(directory, 'segment-0.mp4'))).toBe(false);
    // Once more changes nothing.
    const again = await assembled(directory);
    expect(again).toMatchObject({ type: 'finished' });
  });
});
