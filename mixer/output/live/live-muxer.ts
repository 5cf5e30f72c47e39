import {
  AV_CODEC_ID_H264,
  AV_PIX_FMT_YUV420P,
  AVFMT_FLAG_BITEXACT,
  AVMEDIA_TYPE_VIDEO,
} from 'node-av/constants';
import {
  Dictionary,
  FFmpegError,
  FormatContext,
  IOContext,
  Packet,
  Rational,
  type CodecContext,
  type CodecParameters,
  type Stream,
} from 'node-av/lib';
import { sampleRate } from '../../audio/format.ts';
import { closeOutputFile, openOutputFile, urlOf } from '../output-file.ts';
import { pictureRate } from './picture-line.ts';

/** What is in one stream of a file. */
export type LiveStream =
  | {
      readonly kind: 'h264';
      /** SPS and PPS, Annex B. */
      readonly parameterSets: Buffer;
      readonly width: number;
      readonly height: number;
    }
  | { readonly kind: 'aac'; readonly codec: CodecContext }
  | { readonly kind: 'copy'; readonly parameters: CodecParameters; readonly rate: number };

/** What a {@link LiveMuxer} is made with. */
export interface LiveMuxerOptions {
  /** The name of the libav muxer. */
  readonly format: string;
  readonly streams: readonly LiveStream[];
  /** Options of the muxer. */
  readonly options: Readonly<Record<string, string>>;
}

/** An encoded picture or frame of sound. */
export interface LivePacket {
  readonly data: Buffer;
  readonly keyframe: boolean;
  /** In units of the stream: 1/90000 s, 1/48000 s, or its `rate`. */
  readonly position: number;
  readonly duration: number;
}

/** Bytes of libav's own buffer before they go on. */
const pipeBufferBytes = 32_768;

/** Writes encoded streams as they come. Errors of the disk are FFmpegErrors with the system's number. */
export class LiveMuxer {
  readonly #context = new FormatContext();
  readonly #packet = new Packet();
  readonly #rates: readonly number[];
  readonly #streams: Stream[] = [];
  #file: IOContext | null = null;
  #isPipe = false;
  #closed = false;

  private constructor(rates: readonly number[]) {
    this.#rates = rates;
    this.#packet.alloc();
  }

  /** Opens a file and writes the header. */
  static open(path: string, options: LiveMuxerOptions): LiveMuxer {
    const muxer = new LiveMuxer(options.streams.map(rateOf));
    try {
      muxer.#describe(options, urlOf(path));
      muxer.#file = openOutputFile(muxer.#context, path);
      const written = muxer.#context.writeHeaderSync(Dictionary.fromObject({ ...options.options }));
      FFmpegError.throwIfError(written, 'writing the header');
      return muxer;
    } catch (error) {
      muxer.close();
      throw error;
    }
  }

  /** Begins what is no file: `write` gets the bytes. Then only the calls that end in `Later` work, the others would hang. */
  static async openPipe(
    write: (data: Buffer) => void,
    options: LiveMuxerOptions,
  ): Promise<LiveMuxer> {
    const muxer = new LiveMuxer(options.streams.map(rateOf));
    try {
      muxer.#describe(options, null);
      muxer.#openPipe(write);
      const dictionary = Dictionary.fromObject({ ...options.options });
      const written = await muxer.#context.writeHeader(dictionary);
      FFmpegError.throwIfError(written, 'writing the header');
      return muxer;
    } catch (error) {
      muxer.close();
      throw error;
    }
  }

  /** Writes a packet to a file; those of a stream come in order. Costs 10 µs. */
  write(stream: number, packet: LivePacket): void {
    this.#fill(stream, packet);
    try {
      FFmpegError.throwIfError(this.#context.writeFrameSync(this.#packet), 'writing a packet');
    } finally {
      this.#packet.unref();
    }
  }

  /** {@link LiveMuxer.write} on another thread. One call at a time. */
  async writeLater(stream: number, packet: LivePacket): Promise<void> {
    this.#fill(stream, packet);
    try {
      FFmpegError.throwIfError(await this.#context.writeFrame(this.#packet), 'writing a packet');
    } finally {
      this.#packet.unref();
    }
  }

  /**
   * Ends the fragment and hands all there is to the system.
   *
   * @returns the length of the file in bytes
   */
  flush(): number {
    const file = this.#file;
    if (file === null) throw new Error('The file is closed.');
    FFmpegError.throwIfError(this.#context.writeFrameSync(null), 'ending a fragment');
    return this.#flushFile(file);
  }

  /** Ends the fragment and goes on in another file. */
  continueIn(path: string): void {
    if (this.#file !== null) this.flush();
    this.#closeFile();
    this.#file = openOutputFile(this.#context, path);
  }

  /**
   * Writes what a file ends with and closes it.
   *
   * @returns its length in bytes
   */
  finish(): number {
    FFmpegError.throwIfError(this.#context.writeTrailerSync(), 'writing the trailer');
    const bytes = this.#file === null ? 0 : this.#flushFile(this.#file);
    this.#closeFile();
    this.close();
    return bytes;
  }

  /** {@link LiveMuxer.finish} on another thread. */
  async finishLater(): Promise<void> {
    FFmpegError.throwIfError(await this.#context.writeTrailer(), 'writing the trailer');
    if (!this.#isPipe) this.#closeFile();
    this.close();
  }

  /** Frees everything, finished or not; what is not written yet may be lost. Can be called twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#packet.free();
    this.#context.pb = null;
    if (this.#isPipe) this.#file?.freeContext();
    else this.#file?.closepSync();
    this.#file = null;
    this.#context.freeContext();
  }

  #fill(stream: number, { data, keyframe, position, duration }: LivePacket): void {
    const packet = this.#packet;
    const target = this.#streams[stream];
    const rate = this.#rates[stream];
    if (target === undefined || rate === undefined) {
      throw new RangeError(`There is no stream ${stream}.`);
    }
    packet.data = data;
    packet.streamIndex = stream;
    packet.isKeyframe = keyframe;
    packet.pts = BigInt(position);
    packet.dts = BigInt(position);
    packet.duration = BigInt(duration);
    const { num, den } = target.timeBase;
    if (num !== 1 || den !== rate) packet.rescaleTs({ num: 1, den: rate }, { num, den });
  }

  #flushFile(file: IOContext): number {
    file.flushSync();
    // Writing fails silently otherwise.
    FFmpegError.throwIfError(file.error, 'writing to the disk');
    return Number(file.tell());
  }

  #describe({ format, streams }: LiveMuxerOptions, url: string | null): void {
    const allocated = this.#context.allocOutputContext2(null, format, url);
    FFmpegError.throwIfError(allocated, 'making the muxer');
    this.#context.setFlags(AVFMT_FLAG_BITEXACT);
    for (const stream of streams) this.#streams.push(describe(this.#context.newStream(), stream));
  }

  #openPipe(write: (data: Buffer) => void): void {
    const file = new IOContext();
    file.allocContextWithCallbacks(pipeBufferBytes, 1, null, (data) => {
      // libav fills its buffer anew afterwards.
      write(Buffer.from(data));
      return data.length;
    });
    this.#isPipe = true;
    this.#file = file;
    this.#context.pb = file;
  }

  #closeFile(): void {
    const file = this.#file;
    this.#file = null;
    closeOutputFile(this.#context, file);
  }
}

function rateOf(stream: LiveStream): number {
  switch (stream.kind) {
    case 'h264':
      return pictureRate;
    case 'aac':
      return sampleRate;
    case 'copy':
      return stream.rate;
    default:
      return stream satisfies never;
  }
}

function describe(target: Stream, stream: LiveStream): Stream {
  target.timeBase = new Rational(1, rateOf(stream));
  const { codecpar } = target;
  switch (stream.kind) {
    case 'h264':
      codecpar.codecType = AVMEDIA_TYPE_VIDEO;
      codecpar.codecId = AV_CODEC_ID_H264;
      codecpar.format = AV_PIX_FMT_YUV420P;
      codecpar.width = stream.width;
      codecpar.height = stream.height;
      codecpar.sampleAspectRatio = new Rational(1, 1);
      codecpar.extradata = Buffer.from(stream.parameterSets);
      break;
    case 'aac':
      FFmpegError.throwIfError(codecpar.fromContext(stream.codec), 'describing the sound');
      // The packet that primes the decoder is left out.
      codecpar.initialPadding = 0;
      break;
    case 'copy':
      FFmpegError.throwIfError(stream.parameters.copy(codecpar), 'describing a stream');
      codecpar.codecTag = 0;
      break;
    default:
      stream satisfies never;
  }
  return target;
}
