import {
  AV_CODEC_FLAG_QSCALE,
  AV_PIX_FMT_YUVJ420P,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_SMPTE170M,
  FF_ENCODER_MJPEG,
} from 'node-av/constants';
import type { Frame } from 'node-av/lib';
import { convertPicture, encodeStill } from './still.ts';

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
  const picture = await convertPicture(
    frame,
    AV_PIX_FMT_YUVJ420P,
    { width, height },
    'bicubic+accurate_rnd',
    (source, made) => {
      source.colorRange = AVCOL_RANGE_MPEG;
      made.colorRange = AVCOL_RANGE_JPEG;
      source.colorSpace = made.colorSpace = AVCOL_SPC_SMPTE170M;
    },
  );
  try {
    picture.quality = quality;
    return await encodeStill(FF_ENCODER_MJPEG, picture, (context) => {
      context.colorRange = AVCOL_RANGE_JPEG;
      context.setFlags(AV_CODEC_FLAG_QSCALE);
      context.globalQuality = quality;
    });
  } finally {
    picture.free();
  }
}
