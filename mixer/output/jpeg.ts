import {
  AV_CODEC_FLAG_QSCALE,
  AV_PIX_FMT_YUVJ420P,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_SMPTE170M,
  FF_ENCODER_MJPEG,
} from 'node-av/constants';
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

/** What `-q:v 3` means to libav: lambda is 118 times the quantizer. */
const quality = 3 * 118;

/**
 * A JPEG of a limited-range I420 picture of BT.601, as composites are; made on libuv's thread pool.
 *
 * @param frame - Only read.
 * @param width - Of the JPEG in pixels, even; the picture's own if omitted. The height follows.
 * @throws Error or FFmpegError where it cannot be made
 */
export async function encodeJpeg(frame: Frame, width = frame.width): Promise<Buffer> {
  const height = 2 * Math.round((frame.height * width) / frame.width / 2);
  const source = frame.clone();
  if (source === null) throw new Error('There is no memory for a picture.');
  const picture = newPicture(AV_PIX_FMT_YUVJ420P, { width, height });
  const converter = new SoftwareScaleContext();
  try {
    source.colorRange = AVCOL_RANGE_MPEG;
    source.colorSpace = AVCOL_SPC_SMPTE170M;
    picture.colorRange = AVCOL_RANGE_JPEG;
    picture.colorSpace = AVCOL_SPC_SMPTE170M;
    converter.allocContext();
    converter.setOption('sws_flags', 'bicubic+accurate_rnd');
    FFmpegError.throwIfError(await converter.scaleFrame(picture, source), 'converting a picture');
    return await encode(picture);
  } finally {
    picture.free();
    converter.freeContext();
    source.free();
  }
}

async function encode(picture: Frame): Promise<Buffer> {
  const codec = Codec.findEncoderByName(FF_ENCODER_MJPEG);
  if (codec === null) throw new Error('This build of libav has no JPEG encoder.');
  const context = new CodecContext();
  const packet = new Packet();
  try {
    context.allocContext3(codec);
    context.width = picture.width;
    context.height = picture.height;
    context.pixelFormat = AV_PIX_FMT_YUVJ420P;
    context.colorRange = AVCOL_RANGE_JPEG;
    context.timeBase = new Rational(1, 25);
    context.setFlags(AV_CODEC_FLAG_QSCALE);
    context.globalQuality = quality;
    picture.quality = quality;
    FFmpegError.throwIfError(await context.open2(codec), 'opening the JPEG encoder');
    picture.pts = 0n;
    FFmpegError.throwIfError(await context.sendFrame(picture), 'encoding a JPEG');
    packet.alloc();
    FFmpegError.throwIfError(await context.receivePacket(packet), 'encoding a JPEG');
    if (packet.data === null) throw new Error('The JPEG encoder gave nothing.');
    return Buffer.from(packet.data);
  } finally {
    packet.free();
    context.freeContext();
  }
}
