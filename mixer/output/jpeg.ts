import {
  AV_CODEC_FLAG_QSCALE,
  AV_PIX_FMT_YUVJ420P,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_SMPTE170M,
  FF_ENCODER_MJPEG,
} from 'node-av/constants';
import { FFmpegError, type Frame, SoftwareScaleContext } from 'node-av/lib';
import { newPicture } from '../native-picture.ts';
import { encodeStill } from './still.ts';

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
    picture.quality = quality;
    return await encodeStill(FF_ENCODER_MJPEG, picture, (context) => {
      context.colorRange = AVCOL_RANGE_JPEG;
      context.setFlags(AV_CODEC_FLAG_QSCALE);
      context.globalQuality = quality;
    });
  } finally {
    picture.free();
    converter.freeContext();
    source.free();
  }
}
