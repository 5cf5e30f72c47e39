import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '../harness/browsers.ts';
import { freePort } from '../harness/free-port.ts';
import { until } from '../harness/until.ts';
import { type Clip, makeClip } from '../integration/outputs/clip.ts';
import { judge, worstOffset } from '../integration/outputs/judge.ts';
import { Feed, OutputProcess, useFolders } from '../integration/outputs/output-process.ts';

const key = 'sEcReTkEy42';

describe('a restream', () => {
  const listeners: ChildProcess[] = [];
  const freshFolder = useFolders();
  const isOver = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;
  let clip: Clip;
  beforeAll(async () => {
    clip = await makeClip();
  });
  afterEach(async () => {
    for (const child of listeners.splice(0)) {
      child.kill('SIGKILL');
      await until(() => isOver(child), 5000);
    }
  });

  /** A server of ffmpeg's own, for one connection, that keeps what it gets. */
  function listen(options: readonly string[], url: string, file: string): ChildProcess {
    const args = ['-v', 'error', '-nostdin', '-y', ...options, '-i', url, '-c', 'copy', file];
    const child = spawn(findFfmpeg().ffmpeg, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    listeners.push(child);
    return child;
  }

  it.each(['rtmp', 'srt'])('comes to a server of %s, and again to the next one', async (scheme) => {
    const directory = freshFolder();
    const socket = join(directory, 's');
    const port = await freePort();
    const isRtmp = scheme === 'rtmp';
    const url = isRtmp
      ? `rtmp://127.0.0.1:${String(port)}/live/${key}`
      : `srt://127.0.0.1:${String(port)}?streamid=${key}`;
    const server = (file: string) =>
      isRtmp
        ? listen(['-listen', '1', '-f', 'flv'], url, join(directory, file))
        : listen(
            ['-f', 'mpegts'],
            `srt://127.0.0.1:${String(port)}?mode=listener`,
            join(directory, file),
          );
    const first = server('first.mkv');
    const environment = { FFMPEG_PATH: findFfmpeg().ffmpeg };
    const output = await OutputProcess.open({ kind: 'stream', url }, socket, environment);
    const feed = await Feed.connect(socket, clip);
    const states = () => output.of('connection').map(({ state }) => state);
    const playing = feed.play(0, 60);
    await until(
      () => states().includes('active'),
      8000,
      () => output.log,
    );
    await until(() => output.of('progress').some((of) => of.durationSeconds > 2), 8000);
    first.kill('SIGKILL');
    await until(
      () => states().includes('retrying'),
      8000,
      () => output.log,
    );
    const second = server('second.mkv');
    await until(() => states().filter((state) => state === 'active').length === 2, 10_000);
    const { durationSeconds } = output.of('progress').at(-1)!;
    await until(() => output.of('progress').at(-1)!.durationSeconds > durationSeconds + 3, 10_000);
    feed.close();
    await playing;
    expect(await output.finish()).toMatchObject({ type: 'finished' });
    await until(() => isOver(second), 10_000);
    const seen = await judge(join(directory, 'second.mkv'));
    expect(seen.complaints).toBe('');
    expect(seen.pictures).toBeGreaterThan(50);
    expect(seen.flashes.length).toBeGreaterThan(1);
    expect(worstOffset(seen)).toBeLessThan(0.06);
    expect(JSON.stringify(output.events) + output.log).not.toContain(key);
  });

  it('says so where there is no ffmpeg', async () => {
    const directory = freshFolder();
    const output = new OutputProcess({ FFMPEG_PATH: join(directory, 'nothing') });
    output.send({
      type: 'open',
      output: { kind: 'stream', url: `rtmp://127.0.0.1/live/${key}` },
      socket: join(directory, 's'),
      canvas: { width: 320, height: 180 },
      fps: 25,
      logLevel: 'info',
    });
    const end = await output.ended();
    expect(end.type === 'failed' && end.message).toContain('FFMPEG_PATH');
  });
});
