import type { Writable } from 'node:stream';
import {
  FfmpegMissing,
  findFfmpeg,
  runFfmpeg,
  type FfmpegBinary,
} from '../../mixer/ffmpeg/index.ts';
import { StreamRun } from '../../mixer/output/live/index.ts';
import type { Logger } from '../log.ts';
import type { OutputCommand, OutputEvent } from '../protocol/outputs.ts';
import { BackOff } from '../back-off.ts';
import type { OutputEnd, OutputSink } from './sink.ts';
import type { OutputPacket } from './wire.ts';

type Open = Extract<OutputCommand, { type: 'open' }>;
type Connection = Extract<OutputEvent, { type: 'connection' }>;

/** A target that takes nothing for so long hangs. */
const hangingMs = 15_000;
/** After so long a success the next failure is the first. */
const successMs = 30_000;
/** How long ffmpeg may take to say goodbye. */
const goodbyeMs = 3000;

/** One attempt at sending. */
interface Attempt {
  readonly abort: AbortController;
  run: StreamRun | null;
  /** Ends ffmpeg's input. */
  end: () => void;
  progressMs: number;
  activeMs: number | null;
  seconds: number;
  bytes: number;
  /** Why it was ended from here; null where it was not. */
  problem: string | null;
}

/**
 * Sends what a room has encoded to an RTMP or SRT server, through an ffmpeg of its own; whenever that ends it is begun anew
 * with the next keyframe, at growing intervals. The URL is told to nobody else.
 */
export class Restream implements OutputSink {
  readonly #url: string;
  readonly #open: Pick<Open, 'canvas' | 'fps'>;
  readonly #ffmpeg: FfmpegBinary;
  readonly #log: Logger;
  readonly #tell: (connection: Omit<Connection, 'type'>) => void;
  readonly #backOff = new BackOff(successMs);
  #startMs: number | null = null;
  #needsKeyframe = true;
  #attempt: Attempt | null = null;
  #running: Promise<void> = Promise.resolve();
  #retryAtMs = -Infinity;
  #lastError: string | null = null;
  #isFinishing = false;
  #wasActive = false;
  #done = { bytes: 0, durationSeconds: 0 };

  private constructor(
    url: string,
    open: Pick<Open, 'canvas' | 'fps'>,
    ffmpeg: FfmpegBinary,
    log: Logger,
    tell: (connection: Omit<Connection, 'type'>) => void,
  ) {
    this.#url = url;
    this.#open = open;
    this.#ffmpeg = ffmpeg;
    this.#log = log;
    this.#tell = tell;
    tell({ state: 'connecting' });
  }

  /**
   * Finds ffmpeg.
   *
   * @param tell - Given how the connection is.
   * @throws FfmpegMissing, also for one that knows no such URLs
   */
  static async open(
    url: string,
    open: Pick<Open, 'canvas' | 'fps'>,
    log: Logger,
    tell: (connection: Omit<Connection, 'type'>) => void,
  ): Promise<Restream> {
    const ffmpeg = await findFfmpeg();
    const protocol = protocolOf(url);
    if (!(await ffmpeg.hasProtocol(protocol))) {
      throw new FfmpegMissing(
        `The ffmpeg that is here cannot send to ${protocol} URLs: install another, or set FFMPEG_PATH to where it is.`,
      );
    }
    return new Restream(url, open, ffmpeg, log, tell);
  }

  get startMs(): number | null {
    return this.#startMs;
  }

  get progress(): { bytes: number; durationSeconds: number } {
    return {
      bytes: this.#done.bytes + (this.#attempt?.bytes ?? 0),
      durationSeconds: this.#done.durationSeconds + (this.#attempt?.seconds ?? 0),
    };
  }

  get isOver(): boolean {
    return false;
  }

  connected(): void {
    this.#needsKeyframe = true;
  }

  packet(packet: OutputPacket): void {
    if (packet.kind === 'audio' && packet.speaker === 0) {
      this.#attempt?.run?.audio(packet.data, packet.atMs);
    } else if (packet.kind === 'video') {
      if (this.#needsKeyframe && !packet.keyframe) return;
      this.#needsKeyframe = false;
      if (this.#attempt !== null) {
        this.#attempt.run?.picture(packet.data, packet.keyframe, packet.atMs);
      } else if (packet.keyframe && performance.now() >= this.#retryAtMs && !this.#isFinishing) {
        this.#startMs ??= packet.atMs;
        this.#begin(packet.data, packet.atMs);
      }
    }
  }

  tick(nowMs: number): Promise<void> {
    const attempt = this.#attempt;
    if (attempt === null) return Promise.resolve();
    attempt.run?.tick(nowMs);
    const now = performance.now();
    if (now - attempt.progressMs > hangingMs) {
      attempt.problem = 'The server took nothing for 15 seconds.';
    } else if (attempt.run?.error != null) {
      this.#log.error({ err: attempt.run.error }, 'the stream could not be put together');
      attempt.problem = 'The stream could not be put together.';
    }
    if (attempt.problem !== null) attempt.abort.abort();
    return Promise.resolve();
  }

  async finish(): Promise<OutputEnd> {
    this.#isFinishing = true;
    const attempt = this.#attempt;
    if (attempt !== null) {
      const timer = setTimeout(() => attempt.abort.abort(), goodbyeMs);
      await attempt.run?.finish().catch(() => undefined);
      attempt.end();
      await this.#running;
      clearTimeout(timer);
    }
    if (this.#wasActive) return { type: 'finished', ...this.progress, full: false };
    return { type: 'failed', message: this.#lastError ?? 'Nothing was sent.' };
  }

  #begin(keyframe: Buffer, atMs: number): void {
    const attempt: Attempt = {
      abort: new AbortController(),
      run: null,
      end: () => undefined,
      progressMs: performance.now(),
      activeMs: null,
      seconds: 0,
      bytes: 0,
      problem: null,
    };
    if (this.#lastError !== null) this.#tell({ state: 'connecting' });
    this.#attempt = attempt;
    this.#running = this.#send(attempt, keyframe, atMs).then(
      () => {
        this.#ended(attempt, 'The server ended the stream.');
      },
      (error: unknown) => {
        const said = error instanceof Error ? error.message : 'Sending failed.';
        this.#ended(attempt, attempt.problem ?? said);
      },
    );
  }

  async #send(attempt: Attempt, keyframe: Buffer, atMs: number): Promise<void> {
    const { canvas, fps } = this.#open;
    const early: Buffer[] = [];
    let input: Writable | null = null;
    const run = await StreamRun.open(
      {
        ...canvas,
        fps,
        write: (data) => {
          if (input === null) early.push(data);
          else input.write(data);
        },
        backlog: () => input?.writableLength ?? 0,
      },
      keyframe,
      atMs,
    );
    if (run === null) throw new Error('The room sent a keyframe that cannot be used.');
    try {
      attempt.run = run;
      await runFfmpeg(
        this.#ffmpeg,
        (command) => {
          command
            .input('pipe:0')
            .inputFormat('nut')
            .inputOptions(['-fflags', 'nobuffer', '-analyzeduration', '500000'])
            .outputOptions(['-c', 'copy', '-map', '0', ...formatOf(this.#url)])
            .output(this.#url);
        },
        {
          signal: attempt.abort.signal,
          onInput: (stdin) => {
            input = stdin;
            for (const data of early.splice(0)) stdin.write(data);
            attempt.end = () => stdin.end();
            if (this.#isFinishing) stdin.end();
          },
          onProgress: ({ seconds, bytes }) => {
            if (seconds <= attempt.seconds) return;
            attempt.seconds = seconds;
            attempt.bytes = bytes;
            attempt.progressMs = performance.now();
            this.#active(attempt);
          },
        },
      );
    } finally {
      await run.close();
    }
  }

  #active(attempt: Attempt): void {
    const now = performance.now();
    if (attempt.activeMs !== null) return;
    attempt.activeMs = now;
    this.#wasActive = true;
    this.#tell({ state: 'active' });
    this.#log.info('stream is active');
  }

  #ended(attempt: Attempt, error: string): void {
    const now = performance.now();
    this.#done = this.progress;
    this.#attempt = null;
    if (this.#isFinishing) {
      this.#lastError = error;
      return;
    }
    const waitMs = this.#backOff.next(attempt.activeMs === null ? 0 : now - attempt.activeMs);
    this.#retryAtMs = now + waitMs;
    this.#lastError = error;
    this.#tell({ state: 'retrying', error });
    this.#log.warn({ error, waitMs }, 'stream was lost');
  }
}

function protocolOf(url: string): string {
  return url.slice(0, Math.max(0, url.indexOf(':'))).toLowerCase();
}

function formatOf(url: string): string[] {
  return protocolOf(url) === 'srt'
    ? ['-f', 'mpegts']
    : ['-f', 'flv', '-flvflags', 'no_duration_filesize'];
}
