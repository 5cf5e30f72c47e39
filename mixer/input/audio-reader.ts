import { FFmpegError, Frame } from 'node-av/lib';
import { sampleRate } from '../audio/format.ts';
import { AudioAligner } from './audio-aligner.ts';
import { MonoConverter } from './mono-converter.ts';
import { SampleQueue } from './sample-queue.ts';
import { StreamDecoder } from './stream-decoder.ts';
import type { StreamPlace } from './stream-reader.ts';
import { stretched } from './stretch.ts';

/** Decoding begins so many seconds before the wanted moment: decoders of sound need some to get going. */
const preroll = 1;

/**
 * The sound of a file as one unbroken stream: mono, 48 kHz, each sample at its time, silence where there is nothing.
 * Decodes on the calling thread: 20 ms of sound take 10 to 50 us, less than it costs to hand them to another one.
 */
export class AudioReader {
  readonly #decoder: StreamDecoder;
  readonly #converter = new MonoConverter();
  readonly #queue = new SampleQueue();
  readonly #aligner: AudioAligner;
  readonly #frame = new Frame();
  /** Samples by which the next sound is to be made longer. */
  #stretch = 0;
  #unconverted = 0;
  #out = new Float32Array(0);
  #hasEnded = false;
  #isClosed = false;

  private constructor(decoder: StreamDecoder, startSeconds: number) {
    this.#decoder = decoder;
    this.#aligner = new AudioAligner(Math.round(startSeconds * sampleRate));
    this.#frame.alloc();
  }

  /**
   * Opens a stream and decodes some of it.
   *
   * @param startSeconds - Where to begin, in seconds of the file.
   * @returns Null when nothing can be decoded.
   * @throws InputError
   */
  static async open(place: StreamPlace, startSeconds: number): Promise<AudioReader | null> {
    const decoder = await StreamDecoder.open(place, 1);
    if (decoder === null) return null;
    const reader = new AudioReader(decoder, startSeconds);
    try {
      if (await reader.#begin(startSeconds)) return reader;
    } catch (error) {
      // A number of channels, say, that libswresample does not take.
      if (!(error instanceof FFmpegError)) throw error;
    }
    reader.close();
    return null;
  }

  /** Packets that could not be decoded. */
  get errors(): number {
    return this.#decoder.errors + this.#unconverted;
  }

  /** The next `count` samples; silence after the end. The next call reuses their memory. */
  read(count: number): Float32Array {
    while (this.#queue.length < count && !this.#hasEnded) this.#decode();
    if (this.#out.length < count) this.#out = new Float32Array(count);
    const out = this.#out.subarray(0, count);
    this.#queue.take(out);
    return out;
  }

  /** Frees everything. Can be called twice. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#decoder.close();
    this.#converter.close();
    this.#frame.free();
  }

  /** Decodes the first frame that is of use. */
  async #begin(startSeconds: number): Promise<boolean> {
    const decoder = this.#decoder;
    const frame = this.#frame;
    if (startSeconds > preroll) {
      const isFound =
        decoder.seek(startSeconds - preroll) &&
        decoder.nextSync(frame) &&
        (decoder.secondsOf(frame) ?? Infinity) <= startSeconds;
      if (isFound) {
        this.#append(frame);
        return true;
      }
      await decoder.restart();
    }
    if (!decoder.nextSync(frame)) return false;
    this.#append(frame);
    return true;
  }

  #decode(): void {
    if (!this.#decoder.nextSync(this.#frame)) {
      this.#hasEnded = true;
      this.#converter.flush(this.#push);
      return;
    }
    try {
      this.#append(this.#frame);
    } catch (error) {
      if (!(error instanceof FFmpegError)) throw error;
      this.#unconverted += 1;
    }
  }

  #append(frame: Frame): void {
    const seconds = this.#decoder.secondsOf(frame);
    const { jump, stretch } = this.#aligner.align(
      seconds === null ? null : seconds * sampleRate,
      (frame.nbSamples * sampleRate) / frame.sampleRate,
    );
    if (jump !== 0) {
      this.#converter.flush(this.#push);
      if (jump > 0) this.#queue.pushSilence(jump);
      else this.#queue.leaveOut(-jump);
    }
    this.#stretch += stretch;
    this.#converter.convert(frame, this.#push);
  }

  readonly #push = (samples: Float32Array): void => {
    const change = this.#stretch;
    if (change === 0 || samples.length < 10 * Math.abs(change)) {
      this.#queue.push(samples);
    } else {
      this.#queue.push(stretched(samples, change));
      this.#stretch = 0;
    }
  };
}
