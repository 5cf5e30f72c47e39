import { Frame } from 'node-av/lib';
import type { NativePicture } from '../compositor/picture.ts';
import { PictureMaker, type VideoFacts } from './picture-maker.ts';
import { StreamDecoder } from './stream-decoder.ts';
import type { StreamPlace } from './stream-reader.ts';

/** Pictures are shown up to so many seconds early: many containers round times to milliseconds. */
const tolerance = 0.002;

/** A video that begins up to so many seconds late has its first picture from the start: nothing would only flash up. */
const lateStart = 0.1;

/** When a picture without a time comes after the one before it, in seconds. */
const usualStep = 0.04;

/** Further ahead than this, in seconds, a keyframe is looked for instead of decoding everything on the way. */
const farAhead = 10;

/** It is looked for so many seconds before the wanted moment, until one is found that is not after that. */
const retreats = [0, 10, 60];

/** Pictures decoded ahead: the next one, to know when it comes, and one more in the background. */
const picturesAhead = 2;

/** A decoded frame. */
interface Decoded {
  readonly frame: Frame;
  /** When it is to be shown, in seconds of the file. */
  readonly seconds: number;
}

/**
 * The pictures of a file, forward in time. Decodes on libuv's threads, so that several inputs and an encoder work at the
 * same time. Holds at most four frames beside the decoder's own, and copies none.
 */
export class VideoReader {
  readonly #decoder: StreamDecoder;
  /** Frames without content. */
  readonly #spare: Frame[] = [];
  /** The next pictures. */
  #ready: Decoded[] = [];
  #shown: Decoded | null = null;
  /** What was made of `#shown`. */
  #picture: NativePicture | null = null;
  /** There is one once there is a picture. */
  #maker: PictureMaker | null = null;
  /** The decoding that goes on, if any. Stays when it has failed, for whoever wants the next picture. */
  #work: Promise<void> | null = null;
  /** The last call of `pictureAt`, which may still be under way. */
  #call: Promise<unknown> | null = null;
  /** When the picture comes that was decoded last, in seconds of the file. */
  #reach = -Infinity;
  #wasSought = false;
  #hasEnded = false;
  #isClosed = false;

  private constructor(decoder: StreamDecoder) {
    this.#decoder = decoder;
  }

  /**
   * Opens a stream and decodes a picture.
   *
   * @param startSeconds - Where to begin, in seconds of the file.
   * @param threads - Of the decoder.
   * @returns Null when not one picture can be decoded.
   * @throws InputError
   */
  static async open(
    place: StreamPlace,
    startSeconds: number,
    threads: number,
  ): Promise<{ reader: VideoReader; facts: VideoFacts } | null> {
    const decoder = await StreamDecoder.open(place, threads);
    if (decoder === null) return null;
    const reader = new VideoReader(decoder);
    try {
      if (startSeconds > farAhead) await reader.#jump(startSeconds);
      else await reader.#decode();
      const [first] = reader.#ready;
      if (first !== undefined) {
        const maker = new PictureMaker(first.frame, decoder.pixelAspectOf(first.frame));
        reader.#maker = maker;
        return { reader, facts: maker.facts };
      }
    } catch (error) {
      reader.close();
      throw error;
    }
    reader.close();
    return null;
  }

  /** Packets that could not be decoded. */
  get errors(): number {
    return this.#decoder.errors;
  }

  /**
   * The picture of a moment, in seconds of the file: the last one whose time has come, or null before the first.
   * Moments do not go back. The same object as long as nothing changes; valid until the next call, of which there is one
   * at a time.
   */
  pictureAt(seconds: number): Promise<NativePicture | null> {
    const call = this.#pictureAt(seconds);
    this.#call = call;
    return call;
  }

  /** Frees everything, once what is going on has ended. Can be called twice. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#work === null && this.#call === null) this.#free();
    else void Promise.allSettled([this.#work, this.#call]).then(() => this.#free());
  }

  async #pictureAt(seconds: number): Promise<NativePicture | null> {
    if (!this.#hasEnded && seconds > this.#reach + farAhead) await this.#jump(seconds);
    for (;;) {
      if (this.#isClosed) return null;
      this.#advance(seconds);
      if (this.#ready.length > 0 || this.#hasEnded) break;
      await this.#decode();
    }
    if (this.#ready.length < picturesAhead) void this.#decode();
    this.#picture ??= this.#shown && (this.#maker?.make(this.#shown.frame) ?? null);
    return this.#picture;
  }

  /** Shows what is due. */
  #advance(seconds: number): void {
    for (;;) {
      const [next] = this.#ready;
      if (next === undefined || next.seconds > seconds + tolerance) return;
      this.#ready.shift();
      this.#release(this.#shown);
      this.#shown = next;
      this.#picture = null;
    }
  }

  /** Decodes ahead, if that is not being done already. */
  #decode(): Promise<void> {
    if (this.#work !== null) return this.#work;
    const work = this.#fill();
    this.#work = work;
    void work.then(
      () => (this.#work = null),
      () => undefined,
    );
    return work;
  }

  async #fill(): Promise<void> {
    while (this.#ready.length < picturesAhead && !this.#hasEnded && !this.#isClosed) {
      const frame = this.#spare.pop() ?? newFrame();
      if (await this.#decoder.next(frame)) {
        this.#ready.push({ frame, seconds: this.#timeOf(frame) });
      } else {
        this.#spare.push(frame);
        this.#hasEnded = true;
      }
    }
  }

  #timeOf(frame: Frame): number {
    const isFirst = this.#reach === -Infinity;
    let seconds = this.#decoder.secondsOf(frame) ?? (isFirst ? 0 : this.#reach + usualStep);
    if (isFirst && !this.#wasSought && seconds <= lateStart) seconds = 0;
    this.#reach = Math.max(seconds, this.#reach);
    return this.#reach;
  }

  /** Goes to the last keyframe before a moment and decodes. */
  async #jump(seconds: number): Promise<void> {
    await this.#work;
    for (const retreat of retreats) {
      const target = seconds - retreat;
      this.#forget();
      if (target <= 0 || !this.#decoder.seek(target)) break;
      this.#wasSought = true;
      await this.#decode();
      const [first] = this.#ready;
      if (first !== undefined && first.seconds <= seconds + tolerance) return;
    }
    this.#forget();
    this.#wasSought = false;
    await this.#decoder.restart();
    await this.#decode();
  }

  #free(): void {
    this.#forget();
    for (const frame of this.#spare) frame.free();
    this.#maker?.close();
    this.#decoder.close();
  }

  #forget(): void {
    for (const decoded of [...this.#ready, this.#shown]) this.#release(decoded);
    this.#ready = [];
    this.#shown = null;
    this.#picture = null;
    this.#reach = -Infinity;
    this.#hasEnded = false;
  }

  #release(decoded: Decoded | null): void {
    if (decoded === null) return;
    decoded.frame.unref();
    this.#spare.push(decoded.frame);
  }
}

function newFrame(): Frame {
  const frame = new Frame();
  frame.alloc();
  return frame;
}
