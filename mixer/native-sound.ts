import { AV_CHANNEL_LAYOUT_MONO, type AVSampleFormat } from 'node-av/constants';
import { FFmpegError, Frame } from 'node-av/lib';
import { sampleRate } from './audio/format.ts';

/**
 * Memory of libav's for mono sound at 48 kHz; what is in it is not set. To be freed.
 *
 * @throws FFmpegError where there is no memory for it
 */
export function newSound(format: AVSampleFormat, samples: number): Frame {
  const frame = new Frame();
  frame.alloc();
  frame.format = format;
  frame.sampleRate = sampleRate;
  frame.nbSamples = samples;
  frame.channelLayout = AV_CHANNEL_LAYOUT_MONO;
  try {
    FFmpegError.throwIfError(frame.getBuffer(), 'making room for sound');
  } catch (error) {
    frame.free();
    throw error;
  }
  return frame;
}

/** The memory of mono sound. Valid until the frame gets other memory. */
export function planeOf(frame: Frame): Buffer {
  const plane = frame.data?.[0];
  if (!plane) throw new Error('The audio frame has no buffer.');
  return plane;
}

/** {@link planeOf} as so many floats. */
export function samplesOf(frame: Frame, samples: number): Float32Array {
  const plane = planeOf(frame);
  return new Float32Array(plane.buffer, plane.byteOffset, samples);
}
