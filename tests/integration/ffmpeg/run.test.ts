import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  FfmpegBinary,
  FfmpegFailed,
  runFfmpeg,
  type FfmpegProgress,
} from '../../../mixer/ffmpeg/index.ts';
import { testFfmpeg } from '../../harness/ffmpeg.ts';
import { probe } from '../../harness/judge.ts';
import { testRunFolder, testRunVariable } from '../../harness/test-run.ts';
import { until } from '../../harness/until.ts';
import { fakeProgram } from '../../unit/ffmpeg/fake-ffmpeg.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(testRunFolder(process.env[testRunVariable]!), 'ffmpeg-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const fake = (script: string): FfmpegBinary =>
  new FfmpegBinary(fakeProgram(join(folder, 'ffmpeg'), script), 'FFMPEG_PATH', '5.1');

const failure = async (run: Promise<void>): Promise<FfmpegFailed> => {
  const error: unknown = await run.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FfmpegFailed);
  return error as FfmpegFailed;
};

const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a run of ffmpeg', () => {
  it('makes the file and says how far it is', async () => {
    const output = join(folder, 'with spaces, and; signs.mp4');
    const progress: FfmpegProgress[] = [];
    await runFfmpeg(
      await testFfmpeg(),
      (command) => {
        command.input('testsrc2=s=160x90:r=25:d=2').inputFormat('lavfi');
        command.videoCodec('libx264').output(output);
      },
      { onProgress: (step) => progress.push(step) },
    );
    expect((await probe(output)).video).toMatchObject({ codec: 'h264', frames: 50 });
    expect(progress.at(-1)!.frames).toBe(50);
    expect(progress.at(-1)!.seconds).toBeGreaterThan(1.8);
  });

  it('that fails says why in the words of ffmpeg', async () => {
    const input = join(folder, 'missing.mp4');
    const error = await failure(
      runFfmpeg(await testFfmpeg(), (command) => {
        command.input(input).output(join(folder, 'x.mp4'));
      }),
    );
    expect(error.exitCode).not.toBe(0);
    expect(error.message).toContain(`${input}: No such file or directory`);
    expect(error.stderr).toContain('No such file');
  });

  it('that cannot start says so', async () => {
    const gone = new FfmpegBinary(join(folder, 'gone'), 'PATH', '5.1');
    const error = await failure(runFfmpeg(gone, (command) => void command.output('x.mp4')));
    expect(error).toMatchObject({ exitCode: null });
    expect(error.message).toMatch(/^ffmpeg could not be started: .*ENOENT/);
  });

  it('keeps a stream key out of its error', async () => {
    // A port on which nobody listens any more.
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const error = await failure(
      runFfmpeg(await testFfmpeg(), (command) => {
        command.input('testsrc2=s=160x90:d=1').inputFormat('lavfi').format('flv');
        command.output(`rtmp://ann:hunter22@127.0.0.1:${port}/live/key-5f3a`);
      }),
    );
    expect(error.message).toContain(`rtmp://127.0.0.1:${port}/…`);
    const everything = `${error.message} ${error.stderr} ${error.stack ?? ''}`;
    expect(everything).not.toMatch(/hunter22|key-5f3a/);
  });

  it('keeps the end of what ffmpeg prints, and not all of it', async () => {
    const script = 'i=0; while [ $i -lt 9999 ]; do echo "line $i" >&2; i=$((i+1)); done; exit 3';
    const error = await failure(runFfmpeg(fake(script), (command) => void command.output('x.mp4')));
    expect(error.message).toBe('ffmpeg failed (3): line 9996 line 9997 line 9998');
    expect(error.stderr.length).toBeLessThanOrEqual(8192);
    expect(error.stderr).toMatch(/^line \d+\n/);
  });
});

describe('a run of ffmpeg is ended', () => {
  /** Says who it is, does not listen to polite signals, and works for a minute. */
  const stubborn = (): FfmpegBinary =>
    fake(`trap '' TERM INT; echo $$ > ${folder}/pid; while :; do sleep 0.05; done`);
  const pid = (): number => Number(readFileSync(join(folder, 'pid'), 'utf8'));
  const started = (): boolean => existsSync(join(folder, 'pid')) && pid() > 0;

  it('by its signal: the process is gone when the promise rejects', async () => {
    const controller = new AbortController();
    const reason = new Error('not wanted any more');
    const run = runFfmpeg(stubborn(), (command) => void command.output('x.mp4'), controller);
    const rejected = expect(run).rejects.toBe(reason);
    await until(started);
    controller.abort(reason);
    await rejected;
    expect(isThere(pid())).toBe(false);
  });

  it('by its time limit', async () => {
    const run = runFfmpeg(stubborn(), (command) => void command.output('x.mp4'), {
      timeoutMs: 500,
    });
    expect((await failure(run)).message).toBe(
      'ffmpeg was ended because it took longer than 500 ms.',
    );
    expect(started() && isThere(pid())).toBe(false);
  });

  it('before it begins, if the signal came first', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    const run = runFfmpeg(stubborn(), (command) => void command.output('x.mp4'), { signal });
    await expect(run).rejects.toThrow('too late');
    expect(started()).toBe(false);
  });
});
