import {
  AV_OPT_TYPE_PIXEL_FMT,
  SWS_ACCURATE_RND,
  SWS_AREA,
  type AVPixelFormat,
} from 'node-av/constants';
import { FFmpegError, SoftwareScaleContext } from 'node-av/lib';
import type { Size } from './geometry.ts';

/** One side of a scaling. */
export interface Image extends Size {
  readonly format: AVPixelFormat;
  /** Whether black is 0 and not 16; of no account for RGB. */
  readonly fullRange: boolean;
}

/** From this ratio of heights on the sums are rounded accurately. Otherwise their error grows to several steps of 255. */
const accurateFrom = 8;

/**
 * A scaler for pictures of one kind; takes about 0.04 ms to make and has to be freed. `area` averages where it shrinks: as
 * good as exact averaging (a mean error below 0.4 of 255 steps), so that nothing shimmers, and cheaper than swscale's
 * bicubic, which blurs more. Where it enlarges it is bilinear.
 *
 * @throws FFmpegError where swscale cannot read the format
 */
export function makeScaler(from: Image, to: Image): SoftwareScaleContext {
  const scaler = new SoftwareScaleContext();
  scaler.allocContext();
  scaler.setOption('srcw', from.width);
  scaler.setOption('srch', from.height);
  scaler.setOption('src_format', from.format, AV_OPT_TYPE_PIXEL_FMT);
  scaler.setOption('src_range', from.fullRange ? 1 : 0);
  scaler.setOption('dstw', to.width);
  scaler.setOption('dsth', to.height);
  scaler.setOption('dst_format', to.format, AV_OPT_TYPE_PIXEL_FMT);
  scaler.setOption('dst_range', to.fullRange ? 1 : 0);
  // Where it is not needed it would cost 15 % more; here it is 1 %.
  const accurate = from.height >= accurateFrom * to.height;
  scaler.setOption('sws_flags', SWS_AREA | (accurate ? SWS_ACCURATE_RND : 0));
  const result = scaler.initContext();
  if (result < 0) scaler.freeContext();
  FFmpegError.throwIfError(result, 'preparing to scale a picture');
  return scaler;
}
