import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parameterSetsOf } from './annex-b.ts';
import { HlsCuts } from './hls-cuts.ts';
import { LiveMuxer, type LivePacket } from './live-muxer.ts';
import { pictureRate } from './picture-line.ts';
import type { Program } from './program.ts';

/** What a run is made with. */
export interface HlsRunOptions {
  readonly directory: string;
  /** What its names have that no other run's have; letters, digits, `-`. */
  readonly tag: string;
  readonly segmentSeconds: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Of its sound and pictures; not begun. */
  readonly program: Program;
}

/** A segment that is complete. */
export interface HlsSegment {
  readonly name: string;
  readonly init: string;
  readonly seconds: number;
  /** Milliseconds of the feed's clock at its beginning. */
  readonly startMs: number;
  readonly bytes: number;
}

/** The segments of one piece without a gap: a file that describes the streams, and a fragment from each cut to the next. */
export class HlsRun {
  readonly #options: HlsRunOptions;
  readonly #emit: (segment: HlsSegment) => void;
  readonly #init: string;
  readonly #muxer: LiveMuxer;
  readonly #cuts: HlsCuts;
  readonly #startMs: number;
  #number = 0;
  #segmentStart = 0;

  private constructor(
    options: HlsRunOptions,
    emit: (segment: HlsSegment) => void,
    muxer: LiveMuxer,
    startMs: number,
  ) {
    this.#options = options;
    this.#emit = emit;
    this.#init = initName(options.tag);
    this.#muxer = muxer;
    this.#startMs = startMs;
    this.#cuts = new HlsCuts(options.segmentSeconds, startMs);
    muxer.continueIn(this.#path(0));
  }

  /**
   * Begins with a keyframe.
   *
   * @param emit - Given each segment when its file is complete.
   * @returns null where the keyframe has no parameter sets
   */
  static begin(
    options: HlsRunOptions,
    keyframe: Buffer,
    startMs: number,
    emit: (segment: HlsSegment) => void,
  ): HlsRun | null {
    const parameterSets = parameterSetsOf(keyframe);
    if (parameterSets === null) return null;
    const { directory, tag, width, height, program } = options;
    const muxer = LiveMuxer.open(join(directory, initName(tag)), {
      format: 'mp4',
      streams: [
        { kind: 'h264', parameterSets, width, height },
        { kind: 'aac', codec: program.soundCodec },
      ],
      // No table of fragments at the end: there is no end.
      options: { movflags: 'frag_custom+empty_moov+default_base_moof+skip_trailer' },
    });
    return new HlsRun(options, emit, muxer, startMs);
  }

  /** A picture, before the program has it; `scheduled`: a keyframe that a segment may begin at. */
  picture(data: Buffer, keyframe: boolean, atMs: number, scheduled: boolean): void {
    const isCut = scheduled && atMs > this.#startMs && this.#cuts.isCut(atMs);
    this.#options.program.picture(data, keyframe, atMs);
    // The picture before it has been given out now, with its length.
    if (isCut) this.#cut(Math.round(((atMs - this.#startMs) * pictureRate) / 1000), true);
  }

  /** Takes sound of the mix. */
  audio(data: Buffer, atMs: number): void {
    this.#options.program.audio(data, atMs);
  }

  /** To be called every second or so. `nowMs`: of the feed's clock. */
  tick(nowMs: number): void {
    this.#options.program.tick(nowMs);
  }

  /** Takes what the program gives out. */
  write(stream: 0 | 1, packet: LivePacket): void {
    this.#muxer.write(stream, packet);
  }

  /** Ends the last segment, of what the program has. */
  finish(): void {
    // Of the pictures: where they have stopped, there may be sound for longer.
    const end = Math.round(this.#options.program.pictureSeconds * pictureRate);
    this.#options.program.finish();
    this.#cut(end, false);
    this.#muxer.finish();
  }

  /** Frees everything; may be called twice. */
  close(): void {
    this.#muxer.close();
    this.#options.program.close();
  }

  #cut(position: number, goesOn: boolean): void {
    const number = this.#number;
    const start = this.#segmentStart;
    if (goesOn) {
      this.#number += 1;
      this.#segmentStart = position;
      this.#muxer.continueIn(this.#path(this.#number));
    } else {
      this.#muxer.flush();
    }
    const seconds = (position - start) / pictureRate;
    const path = this.#path(number);
    if (seconds <= 0) {
      rmSync(path, { force: true });
      return;
    }
    this.#emit({
      name: segmentName(this.#options.tag, number),
      init: this.#init,
      seconds,
      startMs: this.#startMs + (start * 1000) / pictureRate,
      bytes: statSync(path).size,
    });
  }

  #path(number: number): string {
    return join(this.#options.directory, segmentName(this.#options.tag, number));
  }
}

const initName = (tag: string): string => `init-${tag}.mp4`;
const segmentName = (tag: string, number: number): string => `${tag}-${number}.m4s`;
