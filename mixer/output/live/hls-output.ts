import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  append,
  emptyPlaylist,
  forget,
  type Playlist,
  type PlaylistSegment,
  readPlaylist,
  slide,
  writePlaylist,
} from './hls-playlist.ts';
import { HlsRun, type HlsSegment } from './hls-run.ts';
import { Program } from './program.ts';

/** The name of the playlist. */
export const playlistName = 'index.m3u8';

/** Longer without a picture is a gap. */
const gapMs = 1000;

/** What may be removed: files with our names. */
const ownFile = /^([0-9a-f]{8}-\d+-\d+\.m4s|init-[0-9a-f]{8}-\d+\.mp4)$/;

/** What an HLS output is made with. */
export interface HlsOptions {
  /** Absolute, and there already. */
  readonly directory: string;
  readonly segmentSeconds: number;
  /** How far back one can watch. */
  readonly windowSeconds: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Pictures a second. */
  readonly fps: number;
  /** Milliseconds since 1970, less those of the feed's clock. */
  readonly epochMs: number;
}

/**
 * Writes a live playlist and its segments (RFC 8216): fragmented MP4, each beginning with a keyframe. A gap ends a run of
 * segments, and the next picture that can begins another behind a discontinuity; so does a new process. No name is ever
 * used twice. A segment that has left the playlist can be fetched for as long as the window is.
 */
export class HlsOutput {
  readonly #options: HlsOptions;
  readonly #tag = randomBytes(4).toString('hex');
  #playlist: Playlist;
  #removed: { readonly name: string; readonly atMs: number }[] = [];
  #run: HlsRun | null = null;
  /** The next run's; opening an encoder takes a moment. */
  #next: Program | null = null;
  #refilling: Promise<void> | null = null;
  #isClosed = false;
  #runs = 0;
  #startMs: number | null = null;
  #lastPictureMs = -Infinity;
  #isFirstOfRun = true;
  #bytes = 0;
  #seconds = 0;

  private constructor(options: HlsOptions, playlist: Playlist) {
    this.#options = options;
    this.#playlist = playlist;
  }

  /** Goes on with the playlist that is there, if one is. */
  static async open(options: HlsOptions, nowMs: number): Promise<HlsOutput> {
    const { directory, windowSeconds, segmentSeconds, epochMs } = options;
    const old = readPlaylist(readOr(join(directory, playlistName)));
    const output = new HlsOutput(options, old ?? emptyPlaylist(segmentSeconds));
    const { playlist, removed } = forget(output.#playlist, nowMs + epochMs - windowSeconds * 1000);
    output.#playlist = playlist;
    output.#retire(removed, nowMs);
    output.#sweep();
    await output.#refill();
    return output;
  }

  /** The time of the first picture, in milliseconds of the feed's clock; null before. */
  get startMs(): number | null {
    return this.#startMs;
  }

  /** Bytes of all segments so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Length of all segments so far. */
  get durationSeconds(): number {
    return this.#seconds;
  }

  /** A new connection: its first picture is a keyframe, and there was a gap. */
  connected(): void {
    this.#endRun();
  }

  /** Takes an access unit; `scheduled`: a keyframe that a segment may begin at. */
  picture(data: Buffer, keyframe: boolean, atMs: number, scheduled: boolean): void {
    if (this.#run !== null && atMs - this.#lastPictureMs > gapMs) this.#endRun();
    if (this.#run === null && !(keyframe && this.#beginRun(data, atMs))) return;
    this.#lastPictureMs = atMs;
    this.#run?.picture(data, keyframe, atMs, scheduled);
  }

  /** Takes sound of the mix. */
  audio(data: Buffer, atMs: number): void {
    (this.#run ?? this.#next)?.audio(data, atMs);
  }

  /** To be called every second or so. `nowMs`: of the feed's clock. */
  async tick(nowMs: number): Promise<void> {
    if (this.#run !== null && nowMs - this.#lastPictureMs > gapMs + 1000) this.#endRun();
    this.#run?.tick(nowMs);
    await this.#refill();
    const keptMs = this.#options.windowSeconds * 1000;
    while (this.#removed[0] !== undefined && nowMs - this.#removed[0].atMs > keptMs) {
      const [{ name }] = this.#removed;
      rmSync(join(this.#options.directory, name), { force: true });
      this.#removed.shift();
    }
  }

  /** Ends the playlist. */
  finish(): void {
    this.#endRun();
    if (this.#startMs !== null) this.#publish(true);
  }

  /** Frees everything; may be called twice. */
  close(): void {
    this.#isClosed = true;
    this.#run?.close();
    this.#next?.close();
  }

  /** Has the next run's encoder ready. */
  #refill(): Promise<void> {
    if (this.#next !== null) return Promise.resolve();
    this.#refilling ??= Program.open(this.#options.fps, (stream, packet) => {
      this.#run?.write(stream, packet);
    })
      .then((program) => {
        if (this.#isClosed) program.close();
        else this.#next = program;
      })
      .finally(() => {
        this.#refilling = null;
      });
    return this.#refilling;
  }

  #beginRun(keyframe: Buffer, atMs: number): boolean {
    const program = this.#next;
    // A moment after the last: the next keyframe will do.
    if (program === null) return false;
    const tag = `${this.#tag}-${this.#runs}`;
    const run = HlsRun.begin({ ...this.#options, tag, program }, keyframe, atMs, (segment) => {
      this.#add(segment);
    });
    if (run === null) return false;
    this.#runs += 1;
    this.#next = null;
    // What fails is tried again, and told, in the next second.
    this.#refill().catch(() => undefined);
    this.#run = run;
    this.#isFirstOfRun = true;
    this.#startMs ??= atMs;
    return true;
  }

  #endRun(): void {
    const run = this.#run;
    if (run === null) return;
    try {
      run.finish();
    } finally {
      run.close();
      this.#run = null;
    }
  }

  #add({ name, init, seconds, startMs, bytes }: HlsSegment): void {
    const { windowSeconds, epochMs } = this.#options;
    this.#bytes += bytes;
    this.#seconds += seconds;
    const { segments, mediaSequence } = this.#playlist;
    const isVeryFirst = segments.length === 0 && mediaSequence === 0;
    const { playlist, removed } = slide(
      append(this.#playlist, {
        name,
        init,
        seconds,
        dateMs: Math.round(startMs + epochMs),
        discontinuity: this.#isFirstOfRun && !isVeryFirst,
      }),
      windowSeconds,
    );
    this.#isFirstOfRun = false;
    this.#playlist = playlist;
    this.#retire(removed, startMs + seconds * 1000);
    this.#publish(false);
  }

  #publish(ended: boolean): void {
    const path = join(this.#options.directory, playlistName);
    // Beside it and then in its place: whoever reads it gets a whole one.
    writeFileSync(`${path}.part`, writePlaylist(this.#playlist, ended));
    renameSync(`${path}.part`, path);
  }

  #retire(removed: readonly PlaylistSegment[], atMs: number): void {
    for (const { name, init } of removed) {
      this.#removed.push({ name, atMs });
      const isUsed = this.#playlist.segments.some((segment) => segment.init === init);
      const isRetired = this.#removed.some((file) => file.name === init);
      if (!isUsed && !isRetired) this.#removed.push({ name: init, atMs });
    }
  }

  /** Removes what earlier processes left, once it is too old to be asked for. */
  #sweep(): void {
    const { directory, windowSeconds } = this.#options;
    const used = new Set(this.#playlist.segments.flatMap(({ name, init }) => [name, init]));
    for (const name of readdirSync(directory)) {
      if (!ownFile.test(name) || used.has(name)) continue;
      const path = join(directory, name);
      if (Date.now() - statSync(path).mtimeMs > 2000 * windowSeconds) rmSync(path, { force: true });
    }
  }
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
