import { AV_PICTURE_TYPE_NONE, AV_PIX_FMT_YUV420P, type CodecContext, type Frame } from 'node-av';
import { Encoder, type PacketSink } from './encoder.ts';

/** So many pictures may wait for the encoder, besides those it works on: the caller need not wait for each. */
const backlog = 4;

/** Numbers the pictures of a video without a gap, each for as long as a frame takes, and has them encoded. */
export class VideoTrack {
  readonly #encoder: Encoder;
  readonly #width: number;
  readonly #height: number;
  /** The last picture; shares its pixels with the encoder and, until that draws on, with the caller. */
  #last: Frame | null = null;
  /** Pictures so far. */
  #count = 0;

  /** @param codec - Opened, with one frame as its time base; taken over. */
  constructor(codec: CodecContext, emit: PacketSink) {
    this.#width = codec.width;
    this.#height = codec.height;
    this.#encoder = new Encoder(codec, backlog, (packet) => {
      // Encoders do not say it, and the last picture of the file would have no length.
      packet.duration = 1n;
      emit(packet);
    });
  }

  /**
   * Takes picture number `index`; those left out since the last one repeat that. Its pixels are not copied: who draws on
   * the frame afterwards makes it writable first. Waits while too many are still to be encoded.
   */
  async push(frame: Frame, index: number): Promise<void> {
    if (!Number.isInteger(index) || index < this.#count) {
      throw new RangeError(`Picture ${index} cannot come after ${this.#count} pictures.`);
    }
    if (
      frame.width !== this.#width ||
      frame.height !== this.#height ||
      frame.format !== AV_PIX_FMT_YUV420P
    ) {
      throw new RangeError('A picture has another size or format than the output.');
    }
    while (this.#count < index) await this.#encode(this.#last ?? frame);
    const picture = share(frame);
    this.#last?.free();
    this.#last = picture;
    await this.#encode(picture);
  }

  /** Brings out the last packets. */
  finish(): Promise<void> {
    return this.#encoder.finish();
  }

  /** Ends and frees the encoder; those who wait hear `reason`. Can be called twice. */
  async close(reason: unknown): Promise<void> {
    await this.#encoder.close(reason);
    this.#last?.free();
    this.#last = null;
  }

  #encode(picture: Frame): Promise<void> {
    const frame = share(picture);
    frame.pts = BigInt(this.#count);
    frame.pictType = AV_PICTURE_TYPE_NONE;
    this.#count += 1;
    this.#encoder.push(frame);
    return this.#encoder.room();
  }
}

/** Another frame with the same pixels. */
function share(frame: Frame): Frame {
  const shared = frame.clone();
  if (shared === null) throw new Error('There is no memory for a picture.');
  return shared;
}
