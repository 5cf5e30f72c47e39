import {
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
  AVCOL_PRI_SMPTE170M,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_SMPTE170M,
  AVCOL_TRC_SMPTE170M,
} from 'node-av/constants';
import { Codec, CodecContext, Dictionary, FFmpegError, Frame, Packet, Rational } from 'node-av/lib';
import type { AccessUnit, VideoCodec } from './access-unit.ts';
import { encoderNames, privateOptions, type VideoEncoderOptions } from './encoder-options.ts';

/** No keyframe of the encoder's own for this many ticks: longer than a room lives. */
const endless = 1_000_000_000;

/** The rate is kept over this many seconds (the decoder's buffer, H.264 annex C). */
const bufferSeconds = 0.5;

/** One video encoder: pictures in, access units out, one for one and without delay. */
export class VideoEncoder {
  readonly codec: VideoCodec;
  readonly #options: VideoEncoderOptions;
  readonly #packet = new Packet();
  /** The same pixels as the frame that is encoded, with a time and type of its own: several encoders share that one. */
  readonly #frame = new Frame();
  readonly #ticksPerFrame: number;
  #context: CodecContext;
  /** What the context was opened with or set to. */
  #bitsPerSecond: number;
  /** What {@link VideoEncoder.setBitrate} asked for. */
  #wantedBitsPerSecond: number;
  #inFlight: Promise<AccessUnit | null> | null = null;
  #closing: Promise<void> | null = null;

  private constructor(options: VideoEncoderOptions, context: CodecContext) {
    this.codec = options.codec;
    this.#options = options;
    this.#context = context;
    this.#bitsPerSecond = options.bitsPerSecond;
    this.#wantedBitsPerSecond = options.bitsPerSecond;
    this.#ticksPerFrame = options.ticksPerFrame ?? 1;
    this.#packet.alloc();
    this.#frame.alloc();
  }

  /** @throws Error if the codec is missing from this build or refuses the options */
  static async open(options: VideoEncoderOptions): Promise<VideoEncoder> {
    return new VideoEncoder(options, await openContext(options));
  }

  /**
   * Encodes one picture on libuv's thread pool. Until that has ended nobody may draw on `frame`, which other encoders may
   * read meanwhile; afterwards the encoder holds no reference to it. One call at a time.
   *
   * @param tick - Number of the tick; of a later picture than the last one.
   * @returns null where the rate control dropped the picture
   */
  async encode(frame: Frame, tick: number, keyframe: boolean): Promise<AccessUnit | null> {
    if (this.#closing !== null) throw new Error('The video encoder is closed.');
    if (this.#inFlight !== null) throw new Error('The video encoder is busy with another frame.');
    const work = this.#encode(frame, tick, keyframe);
    this.#inFlight = work;
    try {
      return await work;
    } finally {
      this.#inFlight = null;
    }
  }

  /**
   * Changes the rate from the next picture on. libx264 does that in its stride; libvpx cannot, so for VP8 a new encoder
   * is opened then, whose first picture is a keyframe.
   */
  setBitrate(bitsPerSecond: number): void {
    this.#wantedBitsPerSecond = bitsPerSecond;
  }

  /** Frees the encoder, after the picture it may be busy with. Can be called twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #encode(picture: Frame, tick: number, keyframe: boolean): Promise<AccessUnit | null> {
    await this.#applyBitrate();
    const frame = this.#frame;
    FFmpegError.throwIfError(frame.ref(picture), 'sharing a frame');
    try {
      frame.pts = BigInt(Math.floor(tick / this.#ticksPerFrame));
      frame.pictType = keyframe ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
      FFmpegError.throwIfError(await this.#context.sendFrame(frame), 'encoding a frame');
    } finally {
      frame.unref();
    }
    const packet = this.#packet;
    // The work is done in sendFrame; this only hands over what it made.
    if (this.#context.receivePacketSync(packet) < 0) return null;
    try {
      if (packet.data === null) return null;
      return {
        codec: this.codec,
        tick,
        keyframe: packet.isKeyframe,
        data: Buffer.from(packet.data),
      };
    } finally {
      packet.unref();
    }
  }

  async #applyBitrate(): Promise<void> {
    const bitsPerSecond = this.#wantedBitsPerSecond;
    if (bitsPerSecond === this.#bitsPerSecond) return;
    if (this.codec === 'h264') {
      setRate(this.#context, bitsPerSecond);
    } else {
      const context = await openContext({ ...this.#options, bitsPerSecond });
      this.#context.freeContext();
      this.#context = context;
    }
    this.#bitsPerSecond = bitsPerSecond;
  }

  async #close(): Promise<void> {
    // Whoever called encode hears of its failure.
    await this.#inFlight?.catch(() => null);
    this.#context.freeContext();
    this.#packet.free();
    this.#frame.free();
  }
}

async function openContext(options: VideoEncoderOptions): Promise<CodecContext> {
  const codec = Codec.findEncoderByName(encoderNames[options.codec]);
  if (codec === null) throw new Error(`This build of libav has no ${encoderNames[options.codec]}.`);
  const context = new CodecContext();
  context.allocContext3(codec);
  context.width = options.width;
  context.height = options.height;
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.colorRange = AVCOL_RANGE_MPEG;
  // All three: Chromium takes an incomplete description of an HD picture for BT.709.
  context.colorSpace = AVCOL_SPC_SMPTE170M;
  context.colorPrimaries = AVCOL_PRI_SMPTE170M;
  context.colorTrc = AVCOL_TRC_SMPTE170M;
  // As a fraction of whole numbers: 12.5 a second are 25 in 2.
  const [numerator, denominator] = [Math.round(options.fps * 1000), 1000];
  context.framerate = new Rational(numerator, denominator);
  context.timeBase = new Rational(denominator, numerator);
  context.gopSize = endless;
  context.maxBFrames = 0;
  context.threadCount = 1;
  setRate(context, options.bitsPerSecond);
  if (options.codec === 'vp8') {
    // Equal least and greatest rate: CBR. The quantizers are those of WebRTC's own encoder.
    context.rcMinRate = BigInt(options.bitsPerSecond);
    context.qMin = 2;
    context.qMax = 56;
  }
  const dictionary = Dictionary.fromObject(privateOptions(options));
  try {
    // Not open2Sync: with a dictionary it frees it twice.
    FFmpegError.throwIfError(await context.open2(codec, dictionary), 'opening the video encoder');
  } catch (error) {
    context.freeContext();
    throw error;
  }
  return context;
}

function setRate(context: CodecContext, bitsPerSecond: number): void {
  context.bitRate = BigInt(bitsPerSecond);
  context.rcMaxRate = BigInt(bitsPerSecond);
  context.rcBufferSize = Math.round(bitsPerSecond * bufferSeconds);
}
