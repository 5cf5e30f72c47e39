import { AV_SAMPLE_FMT_FLTP } from 'node-av/constants';
import { FFmpegError, Packet, type CodecContext } from 'node-av/lib';
import { newSound, samplesOf } from '../../native-sound.ts';
import { openAudioCodec } from '../audio-codec.ts';
import type { SoundSink } from './sound-line.ts';

/** Samples of a frame of AAC. */
export const frameSamples = 1024;

/** So many silent frames, and nothing of what was before is in the encoder, which looks one ahead, any more. */
const settlingFrames = 6;

/** Given frames of AAC in order. */
export type AacSink = (data: Buffer, position: number) => void;

/**
 * Encodes mono sound to AAC as it comes, 0.1 ms for a frame of 21 ms, and long silence by repeating what silence became.
 * The first packet, which only primes a decoder, is left out: so position 0 is the first sample, without an edit list; only
 * the first 21 ms fade in.
 */
export class SoundEncoder implements SoundSink {
  /** What a muxer is to be told. */
  readonly context: CodecContext;
  readonly #emit: AacSink;
  /** Whether long silence is a gap between the packets. */
  readonly #sparse: boolean;
  readonly #frame = newSound(AV_SAMPLE_FMT_FLTP, frameSamples);
  readonly #packet = new Packet();
  readonly #whole = new Int16Array(frameSamples);
  readonly #bytes = Buffer.from(this.#whole.buffer);
  #plane = samplesOf(this.#frame, frameSamples);
  #filled = 0;
  #fed = 0;
  #primed = false;
  #position = 0;
  #lastPacket: Buffer = Buffer.alloc(0);
  #closed = false;

  private constructor(context: CodecContext, emit: AacSink, sparse: boolean) {
    this.context = context;
    this.#emit = emit;
    this.#sparse = sparse;
    this.#packet.alloc();
  }

  /**
   * Opens the encoder.
   *
   * @param emit - Given each packet and the position of its first sample.
   * @param sparse - Whether long silence is to be a gap of whole frames between packets, which whoever reads them fills.
   */
  static async open(emit: AacSink, sparse = false): Promise<SoundEncoder> {
    return new SoundEncoder(await openAudioCodec('aac', true), emit, sparse);
  }

  /** Where the next packet begins, in samples. */
  get position(): number {
    return this.#position;
  }

  samples(data: Buffer): void {
    for (let offset = 0; offset + 1 < data.length;) {
      const count = Math.min((data.length - offset) >> 1, frameSamples - this.#filled);
      // What comes out of a socket begins at any address.
      data.copy(this.#bytes, 0, offset, offset + 2 * count);
      for (let index = 0; index < count; index += 1) {
        this.#plane[this.#filled + index] = (this.#whole[index] ?? 0) / 32_768;
      }
      offset += 2 * count;
      this.#advance(count);
    }
  }

  silence(samples: number): void {
    const settling = settlingFrames * frameSamples;
    if (samples <= 2 * settling) {
      this.#encodeSilence(samples);
      return;
    }
    const lead = settling + ((frameSamples - this.#filled) % frameSamples);
    this.#encodeSilence(lead);
    const silent = this.#lastPacket;
    const whole = Math.floor((samples - lead) / frameSamples);
    if (this.#sparse) this.#position += whole * frameSamples;
    else for (let index = 0; index < whole; index += 1) this.#give(silent);
    this.#encodeSilence(samples - lead - whole * frameSamples);
  }

  /** Brings out the last packets; the last frame is filled with silence. */
  finish(): void {
    if (this.#filled > 0) this.#encodeSilence(frameSamples - this.#filled);
    FFmpegError.throwIfError(this.context.sendFrameSync(null), 'ending the sound');
    this.#receive();
  }

  /** Frees the encoder; may be called twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#packet.free();
    this.#frame.free();
    this.context.freeContext();
  }

  #encodeSilence(samples: number): void {
    for (let rest = samples; rest > 0;) {
      const count = Math.min(rest, frameSamples - this.#filled);
      this.#plane.fill(0, this.#filled, this.#filled + count);
      rest -= count;
      this.#advance(count);
    }
  }

  #advance(samples: number): void {
    this.#filled += samples;
    if (this.#filled < frameSamples) return;
    this.#filled = 0;
    this.#frame.pts = BigInt(this.#fed);
    this.#fed += frameSamples;
    FFmpegError.throwIfError(this.context.sendFrameSync(this.#frame), 'encoding sound');
    this.#receive();
    if (!this.#frame.isWritable) {
      FFmpegError.throwIfError(this.#frame.makeWritable(), 'making room for sound');
      this.#plane = samplesOf(this.#frame, frameSamples);
    }
  }

  #receive(): void {
    while (this.context.receivePacketSync(this.#packet) >= 0) {
      const { data } = this.#packet;
      if (data !== null && this.#primed) {
        this.#lastPacket = Buffer.from(data);
        this.#give(this.#lastPacket);
      }
      this.#primed = true;
      this.#packet.unref();
    }
  }

  #give(data: Buffer): void {
    this.#emit(data, this.#position);
    this.#position += frameSamples;
  }
}

/** A frame of silence in AAC, as {@link SoundEncoder} makes it, and what a muxer is to be told of it. To be closed. */
export async function encodeSilence(): Promise<{ data: Buffer; codec: SoundEncoder }> {
  let data: Buffer = Buffer.alloc(0);
  const codec = await SoundEncoder.open((packet) => {
    data = packet;
  });
  codec.silence(settlingFrames * frameSamples);
  return { data, codec };
}
