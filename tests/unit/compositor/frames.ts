import {
  AV_PIX_FMT_RGBA,
  AV_PIX_FMT_YUV420P,
  SWS_AREA,
  type AVPixelFormat,
} from 'node-av/constants';
import {
  avGetPixFmtFromName,
  avImageCopy2,
  FFmpegError,
  Frame,
  SoftwareScaleContext,
} from 'node-av/lib';
import { i420Bytes, type I420Frame } from '../../../mixer/compositor/i420.ts';
import type { NativePicture } from '../../../mixer/compositor/picture.ts';

/** An empty frame. */
export function frameOf(width: number, height: number, format: AVPixelFormat): Frame {
  const frame = new Frame();
  frame.alloc();
  frame.width = width;
  frame.height = height;
  frame.format = format;
  FFmpegError.throwIfError(frame.getBuffer(), 'Frame.getBuffer');
  return frame;
}

/** A frame as what sources give. */
export function nativeOf(frame: Frame): NativePicture {
  return { width: frame.width, height: frame.height, frame };
}

/** A picture in a pixel format, from 0xRRGGBB and the alpha of each pixel. */
export function rgbFrame(
  width: number,
  height: number,
  at: (x: number, y: number) => readonly [rgb: number, alpha: number],
  format = 'rgba',
): Frame {
  const pixels = Buffer.alloc(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [rgb, alpha] = at(x, y);
      pixels.writeUInt32BE(rgb * 256 + alpha, 4 * (y * width + x));
    }
  }
  return rgbaFrame(width, height, pixels, format);
}

/** A picture in a pixel format, from packed RGBA. */
export function rgbaFrame(width: number, height: number, pixels: Buffer, format: string): Frame {
  const rgba = frameOf(width, height, AV_PIX_FMT_RGBA);
  avImageCopy2(rgba.data!, rgba.linesize, [pixels], [4 * width], AV_PIX_FMT_RGBA, width, height);
  return format === 'rgba' ? rgba : converted(rgba, format);
}

/** An I420 picture in another pixel format, of its own range. */
export function yuvFrame(picture: I420Frame, format: string): Frame {
  if (format === 'p010le') return p010Frame(picture);
  const { width, height, data } = picture;
  const frame = frameOf(width, height, AV_PIX_FMT_YUV420P);
  let from = 0;
  frame.data!.forEach((plane, index) => {
    const columns = index === 0 ? width : Math.ceil(width / 2);
    const rows = index === 0 ? height : Math.ceil(height / 2);
    for (let row = 0; row < rows; row += 1, from += columns) {
      plane.set(data.subarray(from, from + columns), row * frame.linesize[index]!);
    }
  });
  if (from !== i420Bytes(width, height)) throw new Error('Not all of the picture was copied.');
  return format === 'yuv420p' ? frame : converted(frame, format);
}

/** By hand: swscale forgets the last column of chroma where the width is odd. */
function p010Frame({ width, height, data }: I420Frame): Frame {
  const frame = frameOf(width, height, avGetPixFmtFromName('p010le'));
  const [luma, chroma] = frame.data as [Buffer, Buffer];
  const [stride, chromaStride] = frame.linesize as [number, number];
  const half = Math.ceil(width / 2);
  const u = width * height;
  const v = u + half * Math.ceil(height / 2);
  for (let at = 0; at < u; at += 1) {
    const place = Math.floor(at / width) * stride + 2 * (at % width);
    luma.writeUInt16LE(data[at]! << 8, place);
  }
  for (let at = 0; at < v - u; at += 1) {
    const place = Math.floor(at / half) * chromaStride + 4 * (at % half);
    chroma.writeUInt16LE(data[u + at]! << 8, place);
    chroma.writeUInt16LE(data[v + at]! << 8, place + 2);
  }
  return frame;
}

/** The same in another pixel format; frees what it was made of. */
export function converted(from: Frame, format: string): Frame {
  const { width, height } = from;
  const to = frameOf(width, height, avGetPixFmtFromName(format));
  const converter = new SoftwareScaleContext();
  const [source, target] = [from.format as AVPixelFormat, to.format as AVPixelFormat];
  converter.getContext(width, height, source, width, height, target, SWS_AREA);
  FFmpegError.throwIfError(converter.scaleFrameSync(to, from), 'converting a frame');
  converter.freeContext();
  from.free();
  return to;
}
