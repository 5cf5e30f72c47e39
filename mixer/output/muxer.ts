import { AVFMT_FLAG_BITEXACT } from 'node-av/constants';
import {
  Dictionary,
  FFmpegError,
  FormatContext,
  type CodecContext,
  type IOContext,
  type Packet,
  type Rational,
} from 'node-av/lib';
import { closeOutputFile, openOutputFile, urlOf } from './output-file.ts';
import type { Target } from './target.ts';

/** Where packets go. */
export interface PacketWriter {
  /** Writes a packet; they come in the order of time. */
  write(packet: Packet, stream: number): void;
  /** Writes what is still missing and closes the files. */
  finish(): Promise<void>;
  /** Gives what is finished its name. */
  publish(target: Target): Promise<void>;
  /** Frees everything, finished or not. Can be called twice. */
  close(): void;
}

/** One stream of a file. */
interface MuxedStream {
  readonly encoded: Rational;
  /** What the muxer counts in. */
  readonly muxed: Rational;
}

/** What a {@link Muxer} is made with. */
export interface MuxerOptions {
  /** The name of the libav muxer. */
  readonly format: string;
  /** The file to write; what is in it is overwritten. */
  readonly path: string;
  /** The opened codecs, in the order of the streams. */
  readonly codecs: readonly CodecContext[];
  /** Options of the muxer and of the format. */
  readonly options: Readonly<Record<string, string>>;
}

/** Writes encoded streams to a file. Errors of the disk are FFmpegErrors with the system's number. */
export class Muxer implements PacketWriter {
  readonly #context: FormatContext;
  #path: string;
  #streams: readonly MuxedStream[] = [];
  #file: IOContext | null = null;
  #closed = false;

  private constructor(context: FormatContext, path: string) {
    this.#context = context;
    this.#path = path;
  }

  /** Opens the file and writes the header. */
  static async open({ format, path, codecs, options }: MuxerOptions): Promise<Muxer> {
    const context = new FormatContext();
    const muxer = new Muxer(context, path);
    try {
      const allocated = context.allocOutputContext2(null, format, urlOf(path));
      FFmpegError.throwIfError(allocated, 'making the muxer');
      // The same input gives the same bytes: no random identifiers, no versions.
      context.setFlags(AVFMT_FLAG_BITEXACT);
      const streams = codecs.map((codec) => {
        const stream = context.newStream();
        FFmpegError.throwIfError(stream.codecpar.fromContext(codec), 'describing a stream');
        stream.timeBase = codec.timeBase;
        if (codec.framerate.num > 0) stream.avgFrameRate = codec.framerate;
        stream.sampleAspectRatio = codec.sampleAspectRatio;
        return stream;
      });
      muxer.#open();
      const written = await context.writeHeader(Dictionary.fromObject({ ...options }));
      FFmpegError.throwIfError(written, 'writing the header');
      muxer.#streams = streams.map(({ timeBase }, index) => ({
        encoded: codecs[index]?.timeBase ?? timeBase,
        muxed: timeBase,
      }));
      return muxer;
    } catch (error) {
      muxer.close();
      throw error;
    }
  }

  /**
   * Costs 10 µs on average, as it mostly fills libav's buffer, and one of 32 KiB goes to the system's; to have that done
   * on another thread would cost 25 µs more.
   */
  write(packet: Packet, stream: number): void {
    const times = this.#streams[stream];
    if (!times) throw new RangeError(`There is no stream ${stream}.`);
    packet.streamIndex = stream;
    packet.rescaleTs(times.encoded, times.muxed);
    FFmpegError.throwIfError(this.#context.writeFrameSync(packet), 'writing a packet');
  }

  /** Ends the file and goes on in another. */
  continueIn(path: string): void {
    FFmpegError.throwIfError(this.#context.writeFrameSync(null), 'flushing the muxer');
    this.#closeFile();
    this.#path = path;
    this.#open();
  }

  /** Sets an option of the muxer while it works. */
  set(option: string, value: string): void {
    FFmpegError.throwIfError(this.#context.setOption(option, value), `setting ${option}`);
  }

  async finish(): Promise<void> {
    FFmpegError.throwIfError(await this.#context.writeTrailer(), 'writing the trailer');
    this.#closeFile();
  }

  publish(target: Target): Promise<void> {
    return target.publish(this.#path);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#context.pb = null;
    this.#file?.closepSync();
    this.#file = null;
    this.#context.freeContext();
  }

  #open(): void {
    this.#file = openOutputFile(this.#context, this.#path);
  }

  #closeFile(): void {
    const file = this.#file;
    this.#file = null;
    closeOutputFile(this.#context, file);
  }
}
