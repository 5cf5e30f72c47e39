import { parameterSetsOf } from './annex-b.ts';
import { LiveMuxer, type LivePacket } from './live-muxer.ts';
import { Program } from './program.ts';

/** What a run is made with. */
export interface StreamRunOptions {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Pictures a second. */
  readonly fps: number;
  /** Takes the bytes. */
  readonly write: (data: Buffer) => void;
  /** Bytes that were taken and wait there. */
  readonly backlog: () => number;
}

/** So much may wait, in bytes: two seconds and more. What comes then is dropped until there is room for a keyframe. */
const mostWaitingBytes = 2 * 1024 * 1024;

/**
 * Pictures and sound as one stream of bytes, for a program that reads it: NUT, which keeps times as they are and begins to be
 * read at once. It begins with a keyframe, and never holds more than the reader is behind by two seconds or so.
 */
export class StreamRun {
  readonly #options: StreamRunOptions;
  readonly #program: Program;
  readonly #queue: { readonly stream: number; readonly packet: LivePacket }[] = [];
  #queuedBytes = 0;
  #muxer: LiveMuxer | null = null;
  #pumping: Promise<void> = Promise.resolve();
  #finishing: Promise<void> = Promise.resolve();
  #isPumping = false;
  #isDropping = false;
  #isOver = false;
  #error: unknown = null;

  private constructor(options: StreamRunOptions, program: Program) {
    this.#options = options;
    this.#program = program;
  }

  /**
   * Begins.
   *
   * @param keyframe - An IDR with parameter sets.
   * @param atMs - Its time.
   * @returns null where it has none
   */
  static async open(
    options: StreamRunOptions,
    keyframe: Buffer,
    atMs: number,
  ): Promise<StreamRun | null> {
    const parameterSets = parameterSetsOf(keyframe);
    if (parameterSets === null) return null;
    const hold: { run?: StreamRun } = {};
    const program = await Program.open(options.fps, (stream, packet) => {
      hold.run?.enqueue(stream, packet);
    });
    const run = new StreamRun(options, program);
    hold.run = run;
    const { width, height, write } = options;
    try {
      run.#muxer = await LiveMuxer.openPipe(write, {
        format: 'nut',
        streams: [
          { kind: 'h264', parameterSets, width, height },
          { kind: 'aac', codec: program.soundCodec },
        ],
        options: { flush_packets: '1' },
      });
    } catch (error) {
      program.close();
      throw error;
    }
    program.picture(keyframe, true, atMs);
    return run;
  }

  /** What failed, or null. */
  get error(): unknown {
    return this.#error;
  }

  /** Takes an access unit. */
  picture(data: Buffer, keyframe: boolean, atMs: number): void {
    const waiting = this.#queuedBytes + this.#options.backlog();
    if (waiting > mostWaitingBytes) this.#isDropping = true;
    else if (keyframe && waiting < mostWaitingBytes / 2) this.#isDropping = false;
    if (!this.#isDropping && !this.#isOver) this.#program.picture(data, keyframe, atMs);
  }

  /** Takes sound of the mix. */
  audio(data: Buffer, atMs: number): void {
    if (!this.#isDropping && !this.#isOver) this.#program.audio(data, atMs);
  }

  /** To be called every second or so. `nowMs`: of the feed's clock. */
  tick(nowMs: number): void {
    if (!this.#isDropping && !this.#isOver) this.#program.tick(nowMs);
  }

  /** Writes what is left, and the end. */
  async finish(): Promise<void> {
    if (this.#isOver) return;
    this.#program.finish();
    this.#isOver = true;
    this.#finishing = this.#pumping.then(async () => {
      if (this.#error === null) await this.#muxer?.finishLater();
    });
    await this.#finishing;
  }

  /** Frees everything, after what is being written; may be called twice. */
  async close(): Promise<void> {
    this.#isOver = true;
    this.#queue.length = 0;
    await this.#pumping;
    // libav is at work on another thread; whoever asked for it hears of a failure.
    await this.#finishing.catch(() => undefined);
    this.#muxer?.close();
    this.#program.close();
  }

  /** Takes what is to be written. */
  enqueue(stream: number, packet: LivePacket): void {
    this.#queue.push({ stream, packet });
    this.#queuedBytes += packet.data.length;
    if (this.#isPumping) return;
    this.#isPumping = true;
    this.#pumping = this.#pump();
  }

  async #pump(): Promise<void> {
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        this.#queuedBytes -= next.packet.data.length;
        await this.#muxer?.writeLater(next.stream, next.packet);
      }
    } catch (error) {
      this.#error = error;
      this.#isOver = true;
    } finally {
      this.#isPumping = false;
    }
  }
}
