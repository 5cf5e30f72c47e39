import type { AVPixelFormat, FFEncoderCodec } from 'node-av/constants';
import {
  Codec,
  CodecContext,
  FFmpegError,
  type Frame,
  Packet,
  Rational,
  SoftwareScaleContext,
} from 'node-av/lib';
import { newPicture } from '../native-picture.ts';

/**
 * Converts a picture, on libuv's thread pool.
 *
 * @param frame - Only read.
 * @param format - What it becomes.
 * @param size - In pixels.
 * @param flags - Of swscale.
 * @param describe - Says what the colours of both are, of which the first has the pixels of `frame`.
 * @returns a new picture, to be freed
 * @throws Error or FFmpegError where it cannot be converted
 */
export async function convertPicture(
  frame: Frame,
  format: AVPixelFormat,
  size: { readonly width: number; readonly height: number },
  flags: string,
  describe: (source: Frame, picture: Frame) => void,
): Promise<Frame> {
  const source = frame.clone();
  if (source === null) throw new Error('There is no memory for a picture.');
  const picture = newPicture(format, size);
  const converter = new SoftwareScaleContext();
  try {
    describe(source, picture);
    converter.allocContext();
    converter.setOption('sws_flags', flags);
    FFmpegError.throwIfError(await converter.scaleFrame(picture, source), 'converting a picture');
    return picture;
  } catch (error) {
    picture.free();
    throw error;
  } finally {
    converter.freeContext();
    source.free();
  }
}

/**
 * Encodes one picture as a file of its own, on libuv's thread pool.
 *
 * @param encoder - The name libav knows it by.
 * @param picture - In a format that the encoder takes.
 * @param prepare - Sets what else the encoder has to know.
 * @throws Error or FFmpegError where it cannot be encoded
 */
export async function encodeStill(
  encoder: FFEncoderCodec,
  picture: Frame,
  prepare?: (context: CodecContext) => void,
): Promise<Buffer> {
  const codec = Codec.findEncoderByName(encoder);
  if (codec === null) throw new Error(`This build of libav has no ${encoder} encoder.`);
  const context = new CodecContext();
  const packet = new Packet();
  try {
    context.allocContext3(codec);
    context.width = picture.width;
    context.height = picture.height;
    context.pixelFormat = picture.format as CodecContext['pixelFormat'];
    context.timeBase = new Rational(1, 25);
    prepare?.(context);
    FFmpegError.throwIfError(await context.open2(codec), `opening the ${encoder} encoder`);
    picture.pts = 0n;
    FFmpegError.throwIfError(await context.sendFrame(picture), 'encoding a picture');
    packet.alloc();
    FFmpegError.throwIfError(await context.receivePacket(packet), 'encoding a picture');
    if (packet.data === null) throw new Error(`The ${encoder} encoder gave nothing.`);
    return Buffer.from(packet.data);
  } finally {
    packet.free();
    context.freeContext();
  }
}
