import { AV_SAMPLE_FMT_S16 } from 'node-av/constants';
import type { CodecContext } from 'node-av/lib';
import { newSound, planeOf } from '../native-sound.ts';
import { Encoder, type PacketSink } from './encoder.ts';

/** Samples a frame has where the codec does not mind: 100 ms. */
const anySize = 4800;

/** So many frames may wait for the encoder: about a second. */
const backlog = 48;

/** Cuts sound into the frames that a codec wants and has them encoded. */
export class AudioTrack {
  readonly #encoder: Encoder;
  readonly #format: CodecContext['sampleFormat'];
  readonly #pending: Float32Array;
  #filled = 0;
  #pts = 0n;

  /** @param codec - Opened, for mono sound; taken over. */
  constructor(codec: CodecContext, emit: PacketSink) {
    this.#encoder = new Encoder(codec, backlog, emit);
    this.#format = codec.sampleFormat;
    this.#pending = new Float32Array(codec.frameSize || anySize);
  }

  /** Takes the next samples, any count; copied. Waits while too many are still to be encoded. */
  push(samples: Float32Array): Promise<void> {
    for (let read = 0; read < samples.length;) {
      const part = samples.subarray(read, read + this.#pending.length - this.#filled);
      this.#pending.set(part, this.#filled);
      this.#filled += part.length;
      read += part.length;
      if (this.#filled === this.#pending.length) this.#encode();
    }
    return this.#encoder.room();
  }

  /** Brings out the last packets; the last frame may be shorter. */
  finish(): Promise<void> {
    if (this.#filled > 0) this.#encode();
    return this.#encoder.finish();
  }

  /** Ends and frees the encoder; those who wait hear `reason`. Can be called twice. */
  close(reason: unknown): Promise<void> {
    return this.#encoder.close(reason);
  }

  #encode(): void {
    const frame = newSound(this.#format, this.#filled);
    try {
      copy(this.#pending.subarray(0, this.#filled), planeOf(frame), this.#format);
      frame.pts = this.#pts;
    } catch (error) {
      frame.free();
      throw error;
    }
    this.#pts += BigInt(this.#filled);
    this.#filled = 0;
    this.#encoder.push(frame);
  }
}

function copy(samples: Float32Array, plane: Buffer, format: CodecContext['sampleFormat']): void {
  if (format === AV_SAMPLE_FMT_S16) {
    const whole = new Int16Array(plane.buffer, plane.byteOffset, samples.length);
    samples.forEach((sample, index) => {
      whole[index] = Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)));
    });
  } else {
    new Float32Array(plane.buffer, plane.byteOffset, samples.length).set(samples);
  }
}
