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
import { parseRtpPacket, type RtpPacketFields } from '../../../mcu/rtp/index.ts';
import { yuvOf } from '../../../mixer/compositor/index.ts';
import { makeClip } from '../../harness/clips.ts';
import { printed } from '../../harness/ffmpeg.ts';
import { TestServer } from '../../harness/server.ts';
import { testRunFolder, testRunVariable } from '../../harness/test-run.ts';
import { sleep, until } from '../../harness/until.ts';
import { depacketizeH264 } from '../../unit/rtp/depacketize.ts';

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
  /** Waits until so many downlinks were connected, and then for so long. */
  const connected = async (room: string, count: number, forMs: number): Promise<void> => {
    await until(() => linesOf('downlink connected', room).length >= count);
    await sleep(forMs);
  };

  it('joins, sends, receives and says so in JSON', async () => {
    const before = await server.metricSum('onegrid_frames_composited_total');
    const started = performance.now();
    const { code, stdout, stderr } = await launch([
      ...['--url', server.url, '--room', 'json', '--participants', '3', '--duration', '5'],
      ...['--details', '--size', '320x180'],
    ]);
    expect(code, stderr).toBe(0);
    const report = JSON.parse(stdout) as LoadReport & { details: ParticipantReport[] };
    expect(report).toMatchObject({ participants: 3, joined: 3, errors: [], lossPercent: 0 });
    const { gapMaxMs, bitrateKbps, frames: total, keyframes, packets, plis, joinMs } = report;
    for (const figure of [gapMaxMs, bitrateKbps, total, keyframes, packets, plis]) {
      expect(figure).toEqual(expect.any(Number));
    }
    expect(joinMs.p95! / joinMs.p50!).toBeGreaterThanOrEqual(1);
    // Whoever is there gets every picture that is composed, give or take those of the joining and the leaving.
    const composed = (await server.metricSum('onegrid_frames_composited_total')) - before;
    const seconds = (performance.now() - started) / 1000;
    expect(composed / seconds).toBeLessThanOrEqual(26);
    expect(report.fps.median! / 25).toBeLessThanOrEqual(1.1);
    for (const { frames, uplink, sends } of report.details) {
      expect(frames / composed).toBeGreaterThan(0.8);
      expect(uplink.frames / frames).toBeGreaterThan(0.8);
      expect(uplink.frames / frames).toBeLessThan(1.25);
      expect(sends).toBe(true);
    }
  });

  it('is seen: every tile of the composite shows the clip of its participant', async () => {
    const packets: RtpPacketFields[] = [];
    let layout: {
      tiles: { participantId: string; x: number; y: number; width: number; height: number }[];
    } | null = null;
    const { details, report } = await runUntil(
      { room: 'seen', participants: 3, listeners: 1, size: undefined },
      () => connected('seen', 4, 3000),
      (index) =>
        index !== 3
          ? {}
          : {
              packet: (kind, packet) => {
                const rtp = kind === 'video' ? parseRtpPacket(packet, null) : null;
                if (rtp !== null) packets.push({ ...rtp, payload: Buffer.from(rtp.payload) });
              },
              message: (message) => {
                if ((message as { type: string }).type === 'layout') layout = message as never;
              },
            },
    );
    expect(report.errors).toEqual([]);
    expect(report.lossPercent).toBe(0);
    const last = await lastPictureOf(packets);
    expect(layout!.tiles.map(({ participantId }) => participantId).sort()).toEqual(
      details.map(({ id }) => id).sort(),
    );
    for (const [index, { id }] of details.slice(0, 3).entries()) {
      const tile = layout!.tiles.find(({ participantId }) => participantId === id)!;
      const middle = last(tile.x + tile.width / 2, tile.y + tile.height / 2);
      const near = colours.filter((colour) => isNear(middle, yuvOf(colour), 14));
      expect(near, `the tile of participant ${index}: ${middle.join()}`).toContain(colours[index]);
      // At the tile's edge there is texture of the same hue around it.
      const edge = last(tile.x + tile.width / 2, tile.y + tile.height / 10);
      expect(isNear(edge.slice(1), yuvOf(colours[index]!).slice(1), 14)).toBe(true);
    }
  });

  /** The last picture of a stream, decoded by another program; its Y, U and V at a place. */
  async function lastPictureOf(packets: readonly RtpPacketFields[]) {
    const ordered = packets.toSorted((a, b) => ((a.sequenceNumber - b.sequenceNumber) << 16) >> 16);
    const whole = ordered.slice(0, ordered.findLastIndex(({ marker }) => marker) + 1);
    const startCode = Buffer.from([0, 0, 0, 1]);
    const units = depacketizeH264(whole.map(({ payload }) => payload));
    const stream = join(folder, 'composite.h264');
    writeFileSync(stream, Buffer.concat(units.flatMap((unit) => [startCode, unit])));
    const { stdout } = await printed('ffmpeg', [
      ...['-v', 'error', '-f', 'h264', '-i', stream],
      ...['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-'],
    ]);
    const [width, height] = [1280, 720];
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
    const [spoken, silent] = await Promise.all([
      runUntil({ room: 'spoken', participants: 2, speakers: 1 }, () =>
        connected('spoken', 2, 3000),
      ),
      runUntil({ room: 'silent', participants: 2, speakers: 0 }, () =>
        connected('silent', 2, 3000),
      ),
    ]);
    const [speaker, listener] = spoken.details;
    expect(listener!.audioBytes).toBeGreaterThan(60);
    for (const quiet of [speaker, ...silent.details]) {
      expect(listener!.audioBytes / quiet!.audioBytes).toBeGreaterThan(2);
    }
  });

  it('comes and goes, over rooms, with losses made good', async () => {
    const { report, details } = await runUntil(
      {
        ...{ room: 'churn', participants: 2, listeners: 2, rooms: 2, churn: 60 },
        ...{ loss: { downlink: 0.05, uplink: 0.05 }, codec: 'vp8' as const },
      },
      async () => {
        await Promise.all(
          ['churn-1', 'churn-2'].map((room) =>
            until(() => linesOf('participant joined', room).length >= 5),
          ),
        );
        // Some of which are lost.
        await sleep(3000);
      },
    );
    expect(new Set(details.map(({ room }) => room))).toEqual(new Set(['churn-1', 'churn-2']));
    expect(report.joined).toBeGreaterThanOrEqual(8);
    expect(report.errors).toEqual([]);
    expect(report.lossPercent).toBeGreaterThan(2);
    expect(report.lossPercent).toBeLessThan(10);
    expect(report.recoveredPackets).toBeGreaterThan(0);
    expect(details.some(({ uplink }) => uplink.resentPackets > 0)).toBe(true);
  });

  it('comes back when the room process dies', async () => {
    const { report, details } = await runUntil({ room: 'reset', participants: 2 }, async () => {
      await connected('reset', 2, 2000);
      process.kill(await server.roomPid('reset'), 'SIGKILL');
      await connected('reset', 4, 2000);
    });
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
    const { report } = await runUntil({ room: 'file', participants: 2, clip }, () =>
      connected('file', 2, 1000),
    );
    expect(report).toMatchObject({ joined: 2, errors: [] });
  });

  it('ends early, with its report, when interrupted', async () => {
    const args = ['--url', server.url, '--room', 'stop', '--participants', '2', '--duration', '0'];
    const { code, stdout } = await launch([...args, '--json', '--quiet'], () =>
      connected('stop', 2, 1000),
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ participants: 2, joined: 2, errors: [] });
  });

  it('says why nobody, or not everybody, could join', async () => {
    const { report } = await runUntil({ room: 'full', participants: 5 }, () =>
      connected('full', 4, 1000),
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
