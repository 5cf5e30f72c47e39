import type { AVPixelFormat } from 'node-av/constants';
import { FFmpegError, Frame } from 'node-av/lib';

/**
 * Memory of libav's for a picture, in pixels; what is in it is not set. To be freed.
 *
 * @throws FFmpegError where there is no memory for it
 */
export function newPicture(
  format: AVPixelFormat,
  { width, height }: { readonly width: number; readonly height: number },
): Frame {
  const frame = new Frame();
  frame.alloc();
  frame.format = format;
  frame.width = width;
  frame.height = height;
  try {
    FFmpegError.throwIfError(frame.getBuffer(), 'making room for a picture');
  } catch (error) {
    frame.free();
    throw error;
  }
  return frame;
}
