import { Codec, CodecContext, FFmpegError, type Frame, Packet, Rational } from 'node-av/lib';
import type { FFEncoderCodec } from 'node-av/constants';

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
