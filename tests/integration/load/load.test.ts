import { execFileSync, spawn } from 'node:child_process';
import { rmSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AV_LOG_QUIET } from 'node-av/constants';
import { Log as AvLog } from 'node-av/lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { colours, loadDefaults, type LoadOptions, runLoad } from '../../../mcu/load/index.ts';
import type { LoadSurroundings } from '../../../mcu/load/run.ts';
import type { LoadReport, ParticipantReport } from '../../../mcu/load/report.ts';
import { yuvOf } from '../../../mixer/compositor/index.ts';
import { makeClip } from '../../harness/clips.ts';
import { printed } from '../../harness/ffmpeg.ts';
import { TestServer } from '../../harness/server.ts';
import { testRunFolder, testRunVariable } from '../../harness/test-run.ts';
import { until } from '../../harness/until.ts';
import { depacketizeH264 } from '../../unit/rtp/depacketize.ts';
import { Stream, watch } from './arrivals.ts';

const bin = fileURLToPath(new URL('../../../bin/', import.meta.url));
// What is stale is built now: a launch that has to do it says so.
execFileSync(process.execPath, [join(bin, 'build.mjs')], { stdio: 'ignore' });

AvLog.setLevel(AV_LOG_QUIET);

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `onegrid load` as a person would; `happened`: with Ctrl-C when that has. */
function launch(args: readonly string[], happened?: () => Promise<void>): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(bin, 'onegrid.mjs'), 'load', ...args]);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    happened?.()
      .finally(() => child.kill('SIGINT'))
      .catch(reject);
  });
}

const isNear = (actual: readonly number[], wanted: readonly number[], by: number): boolean =>
  actual.every((value, index) => Math.abs(value - wanted[index]!) <= by);

describe('onegrid load', () => {
  let server: TestServer;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(testRunFolder(process.env[testRunVariable]!), 'load-'));
    server = await TestServer.start({ ONEGRID_MAX_PARTICIPANTS: '4' });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
    // The one that was killed.
    expect(server.complaints().map(({ msg, room }) => ({ msg, room }))).toEqual([
      { msg: 'room process died', room: 'reset' },
    ]);
  });

  const options = (changes: Partial<LoadOptions>): LoadOptions => ({
    ...loadDefaults,
    url: server.url,
    size: { width: 320, height: 180 },
    ...changes,
  });
  /** Runs until that has happened, however long it takes. */
  const runUntil = async (
    changes: Partial<LoadOptions>,
    happened: () => Promise<void>,
    hooks?: LoadSurroundings['hooks'],
  ) => {
    const end = new AbortController();
    const running = runLoad(options({ ...changes, duration: 600 }), { signal: end.signal, hooks });
    try {
      await happened();
    } finally {
      end.abort();
    }
    return running;
  };
  const linesOf = (msg: string, room: string): unknown[] =>
    server.log.filter((line) => line.msg === msg && line['room'] === room);
  /** Waits until so many downlinks and uplinks were connected. */
  const connected = (room: string, downlinks: number, uplinks: number): Promise<void> =>
    until(
      () =>
        linesOf('downlink connected', room).length >= downlinks &&
        linesOf('uplink connected', room).length >= uplinks,
    );
  const composed = (): Promise<number> => server.metricSum('onegrid_frames_composited_total');
  const sent = (): Promise<number> => server.metricSum('onegrid_downlink_packets_total');
  const decoded = async (): Promise<number> =>
    (await server.metric('onegrid_uplink_frames_total')).get('{outcome="decoded"}') ?? 0;
  /** Waits for as many as that to be composed. */
  const pictures = async (count: number): Promise<void> => {
    const before = await composed();
    await until(async () => (await composed()) > before + count);
  };

  it('joins, sends, receives and says so in JSON', async () => {
    const before = [await composed(), await sent(), await decoded()] as const;
    const started = performance.now();
    const { code, stdout, stderr } = await launch(
      [
        ...['--url', server.url, '--room', 'json', '--participants', '3', '--duration', '0'],
        ...['--details', '--size', '320x180'],
      ],
      async () => {
        await connected('json', 3, 3);
        await until(async () => (await decoded()) > before[2] + 75);
        await pictures(75);
      },
    );
    expect(code, stderr).toBe(0);
    const report = JSON.parse(stdout) as LoadReport & { details: ParticipantReport[] };
    expect(report).toMatchObject({ participants: 3, joined: 3, errors: [] });
    const { gapMaxMs, bitrateKbps, frames: total, keyframes, packets, plis, joinMs } = report;
    for (const figure of [gapMaxMs, bitrateKbps, total, keyframes, packets, plis]) {
      expect(figure).toEqual(expect.any(Number));
    }
    expect(joinMs.p95! / joinMs.p50!).toBeGreaterThanOrEqual(1);
    const counts = [await composed(), await sent(), await decoded()] as const;
    const [made, passed, taken] = counts.map((count, index) => count - before[index]!);
    const seconds = (performance.now() - started) / 1000;
    expect(made! / seconds).toBeLessThanOrEqual(26);
    // What a room counts in its last half second is not heard of any more.
    expect(packets / passed!).toBeGreaterThan(0.8);
    for (const { frames, uplink, sends } of report.details) {
      expect(frames).toBeGreaterThan(0);
      expect(frames).toBeLessThan(made! + 50);
      expect(uplink.frames).toBeGreaterThan(0);
      expect(sends).toBe(true);
    }
    const uplinks = report.details.reduce((sum, { uplink }) => sum + uplink.frames, 0);
    expect(uplinks).toBeGreaterThanOrEqual(taken!);
  });

  it('is seen: every tile of the composite shows the clip of its participant', async () => {
    const stream = new Stream();
    const ids: string[] = [];
    let layout: {
      tiles: { participantId: string; x: number; y: number; width: number; height: number }[];
    } = { tiles: [] };
    /** What does not show what it should, yet. */
    const amiss = async (): Promise<string[]> => {
      const last = await lastPictureOf(stream);
      return [0, 1, 2].flatMap((index) => {
        const tile = layout.tiles.find(({ participantId }) => participantId === ids[index]);
        if (last === null || tile === undefined) return [`no tile of participant ${index}`];
        const middle = last(tile.x + tile.width / 2, tile.y + tile.height / 2);
        // At the tile's edge there is texture of the same hue around it.
        const edge = last(tile.x + tile.width / 2, tile.y + tile.height / 10);
        const wanted = yuvOf(colours[index]!);
        return isNear(middle, wanted, 14) && isNear(edge.slice(1), wanted.slice(1), 14)
          ? []
          : [`the tile of participant ${index}: ${middle.join()}, at the edge ${edge.join()}`];
      });
    };
    let wrong: string[] = [];
    const { details, report } = await runUntil(
      { room: 'seen', participants: 3, listeners: 1, size: undefined },
      async () => {
        await connected('seen', 4, 3);
        await until(
          async () => (wrong = await amiss()).length === 0,
          () => wrong.join('; '),
        );
      },
      (index) => ({
        packet: (kind, packet) => {
          if (index === 3 && kind === 'video') stream.add(packet);
        },
        message: (message) => {
          const told = message as { type: string; participantId: string };
          if (told.type === 'joined') ids[index] = told.participantId;
          if (told.type === 'layout' && index === 3) layout = message as never;
        },
      }),
    );
    expect(report.errors).toEqual([]);
    expect(ids).toEqual(details.map(({ id }) => id));
    expect(layout.tiles.map(({ participantId }) => participantId).sort()).toEqual(ids.sort());
  });

  /** The last picture of a stream, decoded by another program; its Y, U and V at a place. Null where there are few. */
  async function lastPictureOf({ pictures: whole }: Stream) {
    if (whole.filter(({ marker }) => marker).length <= 20) return null;
    const startCode = Buffer.from([0, 0, 0, 1]);
    const units = depacketizeH264(whole.map(({ payload }) => payload));
    const file = join(folder, 'composite.h264');
    writeFileSync(file, Buffer.concat(units.flatMap((unit) => [startCode, unit])));
    const [width, height] = [1280, 720];
    const { stdout } = await printed('ffmpeg', [
      ...['-v', 'error', '-f', 'h264', '-i', file, '-s', `${width}x${height}`],
      ...['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-'],
    ]);
    const size = width * height * 1.5;
    expect(stdout.length % size).toBe(0);
    expect(stdout.length / size).toBeGreaterThan(20);
    const picture = stdout.subarray(-size);
    return (x: number, y: number): number[] => {
      const chroma = Math.floor(y / 2) * (width / 2) + Math.floor(x / 2);
      return [
        picture[Math.floor(y) * width + Math.floor(x)]!,
        picture[width * height + chroma]!,
        picture[width * height * 1.25 + chroma]!,
      ];
    };
  }

  it('is heard: who speaks is in the sound of the others, and nobody where nobody speaks', async () => {
    const run = (room: string, speakers: number) => {
      const { all, hooks } = watch();
      const happened = async (): Promise<void> => {
        await connected(room, 2, 2);
        const before = all.map(({ sounds }) => sounds);
        // Two seconds of it.
        await until(() => all.every(({ sounds }, index) => sounds > before[index]! + 100));
        await until(() => speakers === 0 || all[1]!.loudest > 60);
      };
      return runUntil({ room, participants: 2, speakers }, happened, hooks);
    };
    const [spoken, silent] = await Promise.all([run('spoken', 1), run('silent', 0)]);
    const [speaker, listener] = spoken.details;
    expect(listener!.audioBytes).toBeGreaterThan(60);
    for (const quiet of [speaker, ...silent.details]) {
      expect(listener!.audioBytes / quiet!.audioBytes).toBeGreaterThan(2);
    }
  });

  it('comes and goes, over rooms, with losses made good', async () => {
    const { all, hooks } = watch();
    const { report, details } = await runUntil(
      {
        ...{ room: 'churn', participants: 2, listeners: 2, rooms: 2, churn: 60 },
        ...{ loss: { downlink: 0.05, uplink: 0.05 }, codec: 'vp8' as const },
      },
      async () => {
        await until(() => all.filter(({ frames }) => frames > 0).length >= 8);
        // Some of which are lost.
        await until(() =>
          all.slice(0, 2).every((each) => Math.min(each.frames, each.sounds, each.sent) > 100),
        );
      },
      hooks,
    );
    expect(new Set(details.map(({ room }) => room))).toEqual(new Set(['churn-1', 'churn-2']));
    expect(report.joined).toBeGreaterThanOrEqual(8);
    // Whose place is taken after two seconds, or three on a busy machine, may have seen nothing.
    expect(report.errors.filter(({ code }) => code !== 'no-media')).toEqual([]);
    expect(report.lossPercent).toBeGreaterThan(2);
    expect(report.lossPercent).toBeLessThan(10);
    expect(report.recoveredPackets).toBeGreaterThan(0);
    expect(details.some(({ uplink }) => uplink.resentPackets > 0)).toBe(true);
  });

  it('comes back when the room process dies', async () => {
    const { all, hooks } = watch();
    const { report, details } = await runUntil(
      { room: 'reset', participants: 2 },
      async () => {
        await connected('reset', 2, 2);
        await until(() => all.every(({ frames }) => frames > 25));
        process.kill(await server.roomPid('reset'), 'SIGKILL');
        const before = all.map(({ keyframes }) => keyframes);
        await connected('reset', 4, 4);
        await until(() => all.every(({ keyframes }, index) => keyframes > before[index]!));
      },
      hooks,
    );
    expect(report).toMatchObject({ joined: 2, errors: [] });
    for (const { frames, keyframes } of details) {
      expect(keyframes).toBeGreaterThanOrEqual(2);
      expect(frames).toBeGreaterThan(25);
    }
    expect(linesOf('room process started', 'reset')).toHaveLength(2);
  });

  it("sends a file of one's own", async () => {
    const clip = await makeClip(folder, {
      ...{ seconds: 2, container: 'webm' },
      video: { picture: 'testsrc2', size: [320, 180] },
      audio: { tone: 440 },
    });
    const { all, hooks } = watch();
    const { report } = await runUntil(
      { room: 'file', participants: 2, clip },
      async () => {
        await connected('file', 2, 2);
        const before = await decoded();
        await until(async () => (await decoded()) > before);
        await until(() => all.every(({ frames }) => frames > 0));
      },
      hooks,
    );
    expect(report).toMatchObject({ joined: 2, errors: [] });
  });

  it('ends early, with its report, when interrupted', async () => {
    const args = ['--url', server.url, '--room', 'stop', '--participants', '2', '--duration', '0'];
    const { code, stdout } = await launch([...args, '--json', '--quiet'], async () => {
      await connected('stop', 2, 2);
      await pictures(50);
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ participants: 2, joined: 2, errors: [] });
  });

  it('says why nobody, or not everybody, could join', async () => {
    const { all, hooks } = watch();
    let refused = false;
    const { report } = await runUntil(
      { room: 'full', participants: 5 },
      () => until(() => refused && all.filter(({ frames }) => frames > 0).length === 4),
      (index) => ({
        ...hooks(index),
        message: (message) => (refused ||= (message as { type: string }).type === 'error'),
      }),
    );
    expect(report.joined).toBe(4);
    // Whoever comes last, which need not be who set out last.
    expect(report.errors).toMatchObject([{ code: 'room-full' }]);
    expect(report.errors[0]!.participant).toMatch(/^Load [1-5]$/);

    const gone = createServer().listen(0);
    const { port } = gone.address() as { port: number };
    await new Promise((resolve) => gone.close(resolve));
    const url = `http://127.0.0.1:${port}`;
    expect(await launch(['--url', url, '--json'])).toEqual({
      code: 1,
      stdout: '',
      stderr: `onegrid load: ws://127.0.0.1:${port}/ws cannot be reached: nothing listens there.\n`,
    });
  });

  it('refuses what makes no sense in one sentence', async () => {
    expect(await launch(['--participants', 'many'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'onegrid load: --participants must be a number from 0 to 10000, not "many".\n',
    });
    const { code, stderr } = await launch([
      '--url',
      server.url,
      '--clip',
      join(folder, 'none.webm'),
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^onegrid load: .*none\.webm.*\n$/);
  });

  it('shows its options', async () => {
    const { code, stdout } = await launch(['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('--participants <N>');
  });
});
