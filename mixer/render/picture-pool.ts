import { FFmpegError, Frame } from 'node-av/lib';

/**
 * Copies of pictures for an encoder that holds on to them: a canvas that is referred to would have to move to other
 * memory with every picture, and everything that is prepared to draw on it would be prepared anew. A copy of 720p takes
 * about 0.15 ms.
 */
export class PicturePool {
  readonly #frames: Frame[] = [];

  /** A copy of a picture, valid until nobody refers to its pixels any more. All pictures are of one size and format. */
  copyOf(picture: Frame): Frame {
    const frame = this.#frames.find(({ isWritable }) => isWritable) ?? this.#grow(picture);
    FFmpegError.throwIfError(frame.copy(picture), 'Frame.copy');
    return frame;
  }

  /** Frees the copies that nobody refers to; the others are freed with their last reference. Can be called twice. */
  close(): void {
    for (const frame of this.#frames.splice(0)) frame.free();
  }

  #grow({ format, width, height, colorRange, colorSpace }: Frame): Frame {
    const frame = new Frame();
    frame.alloc();
    Object.assign(frame, { format, width, height, colorRange, colorSpace });
    this.#frames.push(frame);
    FFmpegError.throwIfError(frame.getBuffer(), 'Frame.getBuffer');
    return frame;
  }
}
