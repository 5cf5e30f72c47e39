import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import fluent, { type FfmpegCommand } from 'fluent-ffmpeg';
import type { FfmpegBinary } from './binary.ts';
import { redactor } from './redact.ts';

/** How far a run has come. */
export interface FfmpegProgress {
  /** Pictures written. */
  readonly frames: number;
  /** Length of what is written. */
  readonly seconds: number;
  /** Bytes written; 0 where ffmpeg does not know. */
  readonly bytes: number;
}

/** What a run may be given. */
export interface FfmpegRunOptions {
  /** Ends the run: ffmpeg is killed, and the promise rejects with the signal's reason once it is gone. */
  readonly signal?: AbortSignal;
  /** Kills an ffmpeg that takes longer; milliseconds. */
  readonly timeoutMs?: number;
  /** Given ffmpeg's standard input as soon as it runs, for an input `pipe:0`; to be ended by whoever takes it. */
  readonly onInput?: (input: Writable) => void;
  /** Called about twice a second. */
  readonly onProgress?: (progress: FfmpegProgress) => void;
}

/** ffmpeg did not do its work. The message has its last words; keys, passwords and paths of URLs are taken out. */
export class FfmpegFailed extends Error {
  override readonly name = 'FfmpegFailed';
  /** Null when it was killed or never ran. */
  readonly exitCode: number | null;
  /** The end of what it printed, at most 8192 characters. */
  readonly stderr: string;

  constructor(message: string, exitCode: number | null, stderr: string) {
    super(message);
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

const tailLength = 8192;

/**
 * Runs ffmpeg to its end. For files, and to send what is encoded elsewhere. Overwrites its output; a caller that must not leave half
 * a file gives a temporary name and renames it.
 *
 * fluent-ffmpeg writes the command line and no more: its own `run()` keeps the path of ffmpeg for the whole process,
 * starts an ffprobe of its own where progress is wanted, and refuses formats (lavfi) that it cannot read in the
 * lists of FFmpeg 7 and later; its `kill()` does nothing until ffmpeg has been started.
 * @param ffmpeg - from `findFfmpeg`
 * @param build - adds inputs, options and outputs to an empty command
 * @param options - signal, timeout and progress
 * @throws {FfmpegFailed} when ffmpeg says so, or does not end in time
 */
export async function runFfmpeg(
  ffmpeg: FfmpegBinary,
  build: (command: FfmpegCommand) => void,
  { signal, timeoutMs, onInput, onProgress }: FfmpegRunOptions = {},
): Promise<void> {
  signal?.throwIfAborted();
  const command = fluent();
  build(command);
  const args = ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error'];
  if (onProgress !== undefined) args.push('-progress', 'pipe:1');
  args.push(...command._getArguments());
  const redact = redactor(args);

  const child = spawn(ffmpeg.path, args, {
    stdio: [
      onInput === undefined ? 'ignore' : 'pipe',
      onProgress === undefined ? 'ignore' : 'pipe',
      'pipe',
    ],
    windowsHide: true,
  });
  if (onInput !== undefined && child.stdin !== null) {
    // It may end before it has read all: how it ended says why.
    child.stdin.on('error', () => undefined);
    onInput(child.stdin);
  }
  const tail = { text: '', cut: false };
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail.cut ||= tail.text.length + text.length > tailLength;
    tail.text = (tail.text + text).slice(-tailLength);
  });
  if (onProgress !== undefined) {
    child.stdout?.setEncoding('utf8').on('data', progressReader(onProgress));
  }

  const kill = (): void => {
    child.kill('SIGKILL');
    // Whatever else holds the other ends must not keep us waiting.
    child.stdin?.destroy();
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  const limit = { passed: false };
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          limit.passed = true;
          kill();
        }, timeoutMs);
  signal?.addEventListener('abort', kill);
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', (error) => {
        reject(new FfmpegFailed(`ffmpeg could not be started: ${error.message}`, null, ''));
      });
      child.once('close', resolve);
    });
    signal?.throwIfAborted();
    if (exitCode === 0) return;
    // A line of which the beginning is lost could hold half a key, which nothing would recognize.
    const words = redact(
      tail.cut ? tail.text.slice(tail.text.indexOf('\n') + 1) : tail.text,
    ).trim();
    const end = words.split(/\r?\n/).slice(-3).join(' ');
    const message = limit.passed
      ? `ffmpeg was ended because it took longer than ${timeoutMs ?? 0} ms.`
      : `ffmpeg failed (${exitCode ?? child.signalCode ?? 'killed'}): ${end}`;
    throw new FfmpegFailed(message, exitCode, words);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', kill);
  }
}

/** Reads the blocks of `name=value` lines that `-progress` writes; each ends with `progress=…`. */
function progressReader(onProgress: (progress: FfmpegProgress) => void): (text: string) => void {
  let rest = '';
  let [frames, seconds, bytes] = [0, 0, 0];
  return (text) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [name, value] = line.split('=', 2);
      // Without a first picture the time is N/A, or far below nothing.
      const number = Math.max(0, Number(value) || 0);
      if (name === 'frame') frames = number;
      if (name === 'out_time_us') seconds = number / 1e6;
      if (name === 'total_size') bytes = number;
      if (name === 'progress') onProgress({ frames, seconds, bytes });
    }
  };
}
