import { AV_PICTURE_TYPE_NONE, AV_PIX_FMT_YUV420P } from 'node-av/constants';
import { type CodecContext, FFmpegError, type Frame } from 'node-av/lib';
import { newPicture } from '../native-picture.ts';
import { Encoder, type PacketSink } from './encoder.ts';

/** So many pictures may wait for the encoder, besides those it works on: the caller need not wait for each. */
const backlog = 4;

/** Numbers the pictures of a video without a gap, each for as long as a frame takes, and has them encoded. */
export class VideoTrack {
  readonly #encoder: Encoder;
  readonly #width: number;
  readonly #height: number;
  /** Copies of pictures; those that the encoder still reads are not writable. */
  readonly #frames: Frame[] = [];
  /** The copy of the last picture. */
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
   * Takes picture number `index`; those left out since the last one repeat that. Waits while too many are still to be
   * encoded. Its pixels are copied, which takes 0.1 ms for 1280x720: a canvas that had to move because the encoder still
   * reads it would cost the same, and its planes and all that depends on them besides.
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
    const picture = this.#freeFrame(frame);
    FFmpegError.throwIfError(picture.copy(frame), 'copying a picture');
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
    for (const frame of this.#frames.splice(0)) frame.free();
    this.#last = null;
  }

  /** A frame like the given one that nobody reads. */
  #freeFrame(like: Frame): Frame {
    const known = this.#frames.find((frame) => frame !== this.#last && frame.isWritable);
    if (known !== undefined) return known;
    const frame = newPicture(AV_PIX_FMT_YUV420P, like);
    FFmpegError.throwIfError(frame.copyProps(like), 'Frame.copyProps');
    this.#frames.push(frame);
    return frame;
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
