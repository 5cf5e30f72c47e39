import { existsSync, readdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { sleep, until } from '../../harness/until.ts';
import { type Clip, makeClip } from './clip.ts';
import { judge } from './judge.ts';
import { Feed, OutputProcess, useFolders } from './output-process.ts';

const recording = (directory: string) =>
  ({ kind: 'recording', directory, segment: 0, joined: false, tracks: false }) as const;

describe('an output process', () => {
  const freshFolder = useFolders();
  let clip: Clip;
  beforeAll(async () => {
    clip = await makeClip();
  });

  it('finishes its file when the gateway is gone, not when somebody presses Ctrl-C', async () => {
    const directory = freshFolder();
    const socket = join(directory, 's');
    const output = await OutputProcess.open(recording(directory), socket);
    output.child.kill('SIGINT');
    output.child.kill('SIGTERM');
    await (await Feed.connect(socket, clip)).send(0, 3);
    await until(() => output.of('progress').some((of) => of.durationSeconds > 2.9));
    output.child.disconnect();
    await until(() => output.exit !== null);
    expect(output.exit).toEqual({ code: 0, signal: null });
    expect(existsSync(socket)).toBe(false);
    expect(await judge(join(directory, 'media.mp4'))).toMatchObject({
      complaints: '',
      pictures: 75,
    });
  });

  it('takes the place of one that was killed, at the same socket', async () => {
    const directory = freshFolder();
    const socket = join(directory, 's');
    const first = await OutputProcess.open(recording(directory), socket);
    await first.kill();
    const second = await OutputProcess.open(recording(directory), socket);
    expect(await second.finish()).toMatchObject({ type: 'failed' });
    expect(second.exit).toEqual({ code: 0, signal: null });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('ends a connection that makes no sense, and takes the next', async () => {
    const directory = freshFolder();
    const socket = join(directory, 's');
    const output = await OutputProcess.open(recording(directory), socket);
    const stranger = createConnection(socket);
    stranger.on('error', () => undefined);
    stranger.write(Buffer.alloc(64, 0xff));
    await until(() => stranger.destroyed || stranger.readableEnded);
    stranger.destroy();
    await (await Feed.connect(socket, clip)).send(0, 2);
    await sleep(200);
    expect(await output.finish()).toMatchObject({ type: 'finished' });
  });

  it('takes what is on its way when it is asked to finish', async () => {
    const directory = freshFolder();
    const socket = join(directory, 's');
    const output = await OutputProcess.open(recording(directory), socket);
    const feed = await Feed.connect(socket, clip);
    await feed.send(0, 1);
    output.child.kill('SIGSTOP');
    const sent = feed.send(1, 20);
    const end = output.finish();
    // What the socket has no room for waits in the room process.
    await sleep(100);
    expect(feed.waitingBytes).toBeGreaterThan(0);
    output.child.kill('SIGCONT');
    await sent;
    expect(await end).toMatchObject({ type: 'finished' });
    expect(await judge(join(directory, 'media.mp4'))).toMatchObject({
      complaints: '',
      pictures: 500,
    });
  });

  it('does not wait long for a room process that hangs', async () => {
    const directory = freshFolder();
    const socket = join(directory, 's');
    const output = await OutputProcess.open(recording(directory), socket);
    const hung = createConnection({ path: socket, allowHalfOpen: true });
    await until(() => output.log.includes('room connected'));
    expect(await output.finish()).toMatchObject({ type: 'failed' });
    hung.destroy();
  });

  it('ends at once where there is nothing to do for it', async () => {
    const output = new OutputProcess();
    output.child.disconnect();
    await until(() => output.exit !== null);
    expect(output.exit).toEqual({ code: 0, signal: null });
  });
});
