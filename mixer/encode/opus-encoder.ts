import { AV_CHANNEL_LAYOUT_MONO, AV_SAMPLE_FMT_FLT, FF_ENCODER_LIBOPUS } from 'node-av/constants';
import {
  Codec,
  CodecContext,
  Dictionary,
  FFmpegError,
  type Frame,
  Packet,
  Rational,
} from 'node-av/lib';
import { sampleRate } from '../audio/format.ts';
import { newSound, samplesOf } from '../native-sound.ts';

/** Milliseconds of an Opus frame. */
export type OpusFrameMs = 10 | 20 | 40 | 60;

/** What an {@link OpusEncoder} may be told. */
export interface OpusEncoderOptions {
  /** Length of a packet, in milliseconds; 20 when omitted. */
  readonly frameMs?: OpusFrameMs;
  /** Mean bitrate; variable within it. 32 000 when omitted. */
  readonly bitsPerSecond?: number;
  /**
   * Whether silence is coded as packets of at most two bytes, most of which need not be sent (DTX, RFC 6716 §2.1.9), with
   * an ordinary one every 400 ms; false when omitted.
   */
  readonly dtx?: boolean;
}

/**
 * Opens a libopus encoder for speech and music: mono at 48 kHz, constrained variable bitrate, in-band FEC for 5 % loss
 * (RFC 6716, 2.1.7). Takes 1 to 5 ms.
 *
 * @param options - See {@link OpusEncoderOptions}.
 * @returns The encoder; close it.
 * @throws Error when this build of FFmpeg has no libopus or refuses the settings.
 */
export async function openOpusEncoder(options: OpusEncoderOptions = {}): Promise<OpusEncoder> {
  const { frameMs = 20, bitsPerSecond = 32_000, dtx = false } = options;
  const codec = Codec.findEncoderByName(FF_ENCODER_LIBOPUS);
  if (!codec) throw new Error('This build of FFmpeg has no libopus encoder.');
  const context = new CodecContext();
  try {
    context.allocContext3(codec);
    context.sampleRate = sampleRate;
    context.sampleFormat = AV_SAMPLE_FMT_FLT;
    context.channelLayout = AV_CHANNEL_LAYOUT_MONO;
    context.bitRate = BigInt(bitsPerSecond);
    context.timeBase = new Rational(1, sampleRate);
    // open2Sync with a dictionary frees it twice: only the asynchronous form is safe.
    const opened = await context.open2(
      codec,
      Dictionary.fromObject({
        application: 'voip',
        frame_duration: String(frameMs),
        // As browsers do. Unconstrained, a steady tone takes 57 kbit/s instead of 32; speech is the same.
        vbr: 'constrained',
        fec: '1',
        packet_loss: '5',
        ...(dtx && { dtx: '1' }),
      }),
    );
    FFmpegError.throwIfError(opened, 'avcodec_open2 libopus');
    return new OpusEncoder(context, (frameMs * sampleRate) / 1000);
  } catch (error) {
    context.freeContext();
    throw error;
  }
}

/**
 * One Opus stream: a frame in, a packet out, at once (0.2 ms). What a decoder plays lags the input by the encoder's
 * look-ahead of 312 samples (6.5 ms).
 */
export class OpusEncoder {
  readonly #context: CodecContext;
  readonly #frameSamples: number;
  readonly #frame: Frame;
  readonly #packet = new Packet();
  #samples: Float32Array;
  #pts = 0n;
  #closed = false;

  /**
   * Takes over an opened codec context.
   *
   * @param context - libopus, opened for mono float frames; freed by {@link OpusEncoder.close}.
   * @param frameSamples - Samples of a frame.
   */
  constructor(context: CodecContext, frameSamples: number) {
    this.#context = context;
    this.#frameSamples = frameSamples;
    this.#packet.alloc();
    this.#frame = newSound(AV_SAMPLE_FMT_FLT, frameSamples);
    this.#samples = samplesOf(this.#frame, frameSamples);
  }

  /**
   * Encodes one frame.
   *
   * @param samples - As many mono samples within [-1, 1] as a frame has; copied.
   * @returns One Opus packet, the caller's to keep.
   * @throws Error when the encoder is closed or fails; RangeError for another length.
   */
  encode(samples: Float32Array): Buffer {
    if (this.#closed) throw new Error('The Opus encoder is closed.');
    const frameSamples = this.#frameSamples;
    if (samples.length !== frameSamples)
      throw new RangeError(`An audio frame has ${frameSamples} samples, not ${samples.length}.`);
    if (!this.#frame.isWritable) {
      FFmpegError.throwIfError(this.#frame.makeWritable(), 'av_frame_make_writable');
      this.#samples = samplesOf(this.#frame, frameSamples);
    }
    this.#samples.set(samples);
    this.#frame.pts = this.#pts;
    this.#pts += BigInt(frameSamples);
    FFmpegError.throwIfError(this.#context.sendFrameSync(this.#frame), 'avcodec_send_frame');
    FFmpegError.throwIfError(
      this.#context.receivePacketSync(this.#packet),
      'avcodec_receive_packet',
    );
    try {
      const { data } = this.#packet;
      if (!data) throw new Error('libopus gave an empty packet.');
      return Buffer.from(data);
    } finally {
      this.#packet.unref();
    }
  }

  /** Frees the native encoder; may be called twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#packet.free();
    this.#frame.free();
    this.#context.freeContext();
  }
}
