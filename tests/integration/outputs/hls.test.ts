import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readPlaylist } from '../../../mixer/output/live/hls-playlist.ts';
import { until } from '../../harness/until.ts';
import { type Clip, makeClip } from './clip.ts';
import { judge, worstOffset } from './judge.ts';
import { Feed, OutputProcess, useFolders } from './output-process.ts';

const hls = (directory: string, windowSeconds = 60) =>
  ({ kind: 'hls', directory, segmentSeconds: 2, windowSeconds }) as const;
const textOf = (directory: string) => readFileSync(join(directory, 'index.m3u8'), 'utf8');
const playlistOf = (directory: string) => readPlaylist(textOf(directory))!;
const durationsOf = (directory: string) =>
  playlistOf(directory).segments.map(({ seconds }) => Number(seconds.toFixed(2)));

describe('an HLS output', () => {
  const freshFolder = useFolders();
  let clip: Clip;
  beforeAll(async () => {
    clip = await makeClip();
  });

  it('is a playlist that plays, cut at the keyframes of the schedule, and ends', async () => {
    const directory = freshFolder();
    const socket = join(directory, 's');
    const output = await OutputProcess.open(hls(directory), socket);
    const feed = await Feed.connect(socket, clip);
    await feed.send(0, 9);
    await until(() => readdirSync(directory).includes('index.m3u8'));
    expect(textOf(directory)).not.toContain('ENDLIST');
    expect(await output.finish()).toMatchObject({ type: 'finished' });
    const text = textOf(directory);
    expect(text).toMatch(/#EXT-X-ENDLIST\n$/);
    expect(text).not.toContain('#EXT-X-DISCONTINUITY\n');
    expect(durationsOf(directory)).toEqual([2, 2, 2, 2, 1]);
    expect(playlistOf(directory)).toMatchObject({ targetSeconds: 2, mediaSequence: 0 });
    const [first] = playlistOf(directory).segments;
    expect(Math.abs(first!.dateMs - Date.now())).toBeLessThan(15_000);
    const seen = await judge(join(directory, 'index.m3u8'));
    expect(seen).toMatchObject({ complaints: '', pictures: 225 });
    expect(seen.beeps).toHaveLength(9);
    expect(worstOffset(seen)).toBeLessThan(0.04);
  });

  it('keeps to its window, and its numbers rise', async () => {
    const directory = freshFolder();
    const socket = join(directory, 's');
    const output = await OutputProcess.open(hls(directory, 6), socket);
    await (await Feed.connect(socket, clip)).send(0, 20);
    expect(await output.finish()).toMatchObject({ type: 'finished' });
    expect(playlistOf(directory)).toMatchObject({ mediaSequence: 7 });
    expect(durationsOf(directory)).toEqual([2, 2, 2]);
  });

  it('goes on behind a discontinuity after a gap, and in a new process', async () => {
    const directory = freshFolder();
    const socket = join(directory, 's');
    const first = await OutputProcess.open(hls(directory), socket);
    const feed = await Feed.connect(socket, clip);
    await feed.send(0, 5);
    // It begins once the encoder of the next run is ready.
    await until(() => first.of('progress').length > 0);
    // Without a new connection: the next keyframe is at 8 s.
    await feed.send(7, 10);
    await first.caughtUp();
    const next = await Feed.connect(socket, clip, feed.startMs);
    await next.send(12, 14);
    await until(() => playlistOf(directory).segments.length === 4);
    await first.kill();
    const before = playlistOf(directory);
    const second = await OutputProcess.open(hls(directory), socket);
    await (await Feed.connect(socket, clip, feed.startMs)).send(20, 24);
    expect(await second.finish()).toMatchObject({ type: 'finished' });
    const { segments, targetSeconds, mediaSequence } = playlistOf(directory);
    expect(targetSeconds).toBe(2);
    expect(mediaSequence).toBe(0);
    expect(segments.slice(0, before.segments.length)).toEqual(before.segments);
    expect(segments.map(({ discontinuity }) => discontinuity)).toEqual(
      segments.map(({ init }, index) => index > 0 && init !== segments[index - 1]!.init),
    );
    // The last run of the first process was not ended: of its two seconds nothing is listed.
    expect(durationsOf(directory)).toEqual([2, 2, 1, 2, 2, 2]);
    expect(new Set(segments.map(({ init }) => init)).size).toBe(3);
    const seen = await judge(join(directory, 'index.m3u8'));
    expect(seen.pictures).toBe(11 * 25);
  });
});
