import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
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
  const proxies: Server[] = [];
  const freshFolder = useFolders();
  const isOver = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;
  let clip: Clip;
  beforeAll(async () => {
    clip = await makeClip();
  });
  afterEach(async () => {
    for (const child of listeners.splice(0)) {
      child.kill('SIGKILL');
      await until(() => isOver(child));
    }
    for (const proxy of proxies.splice(0)) proxy.close();
  });

  /** A server of ffmpeg's own, for one connection, that keeps what it gets. */
  function listen(options: readonly string[], url: string, file: string): ChildProcess {
    const args = ['-v', 'error', '-nostdin', '-y', ...options, '-i', url, '-c', 'copy', file];
    const child = spawn(findFfmpeg().ffmpeg, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    listeners.push(child);
    return child;
  }

  /** Takes TLS away in front of a server that knows none; gives its port. */
  async function unwrapTls(directory: string, port: number): Promise<number> {
    const [keyFile, certificate] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    execFileSync(
      'openssl',
      [
        ...[
          'req',
          '-x509',
          '-newkey',
          'rsa:2048',
          '-nodes',
          '-days',
          '1',
          '-subj',
          '/CN=127.0.0.1',
        ],
        ...['-keyout', keyFile, '-out', certificate],
      ],
      { stdio: 'ignore' },
    );
    const keys = { key: readFileSync(keyFile), cert: readFileSync(certificate) };
    const proxy = createServer(keys, (outside) => {
      const inside = connect(port, '127.0.0.1');
      inside.on('error', () => outside.destroy());
      inside.on('close', () => outside.destroy());
      outside.on('error', () => inside.destroy());
      outside.pipe(inside).pipe(outside);
    });
    proxies.push(proxy);
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    return (proxy.address() as AddressInfo).port;
  }

  it.each(['rtmp', 'rtmps', 'srt'])(
    'comes to a server of %s, and again to the next one',
    async (scheme) => {
      const directory = freshFolder();
      const socket = join(directory, 's');
      const port = await freePort();
      const rtmpUrl = (scheme: string, port: number): string =>
        `${scheme}://127.0.0.1:${String(port)}/live/${key}`;
      const url =
        scheme === 'srt'
          ? `srt://127.0.0.1:${String(port)}?streamid=${key}`
          : rtmpUrl(scheme, scheme === 'rtmp' ? port : await unwrapTls(directory, port));
      const server = (file: string) =>
        scheme === 'srt'
          ? listen(
              ['-f', 'mpegts'],
              `srt://127.0.0.1:${String(port)}?mode=listener`,
              join(directory, file),
            )
          : listen(['-listen', '1', '-f', 'flv'], rtmpUrl('rtmp', port), join(directory, file));
      const first = server('first.mkv');
      const environment = { FFMPEG_PATH: findFfmpeg().ffmpeg };
      const output = await OutputProcess.open({ kind: 'stream', url }, socket, environment);
      const feed = await Feed.connect(socket, clip);
      const states = () => output.of('connection').map(({ state }) => state);
      const playing = feed.play(0, 60);
      await until(
        () => states().includes('active'),
        () => output.log,
      );
      await until(() => output.of('progress').some((of) => of.durationSeconds > 2));
      first.kill('SIGKILL');
      await until(
        () => states().includes('retrying'),
        () => output.log,
      );
      const second = server('second.mkv');
      await until(() => states().filter((state) => state === 'active').length === 2);
      const { durationSeconds } = output.of('progress').at(-1)!;
      await until(() => output.of('progress').at(-1)!.durationSeconds > durationSeconds + 3);
      feed.close();
      await playing;
      expect(await output.finish()).toMatchObject({ type: 'finished' });
      await until(() => isOver(second));
      const seen = await judge(join(directory, 'second.mkv'));
      expect(seen.complaints).toBe('');
      expect(seen.pictures).toBeGreaterThan(50);
      expect(seen.flashes.length).toBeGreaterThan(1);
      expect(worstOffset(seen)).toBeLessThan(0.06);
      expect(JSON.stringify(output.events) + output.log).not.toContain(key);
    },
  );

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
