import {
  AV_PIX_FMT_RGBA,
  AV_PIX_FMT_YUV420P,
  SoftwareScaleContext,
  SWS_ACCURATE_RND,
  SWS_BILINEAR,
} from 'node-av';
import { i420Bytes } from './i420.ts';

/** swscale writes whole vectors past the end of a row: the rows it writes to have this much room. */
const slack = 64;

/**
 * Converts an opaque RGBA picture (`width * height * 4` bytes, even sides) to packed I420, BT.601 limited range
 * (swscale's default for RGB, and see `yuvOf`).
 */
export function rgbaToI420(rgba: Buffer, width: number, height: number): Uint8Array {
  const stride = 32 * Math.ceil(width / 32) + slack;
  const rows = [
    Buffer.alloc(stride * height),
    Buffer.alloc(stride * height),
    Buffer.alloc(stride * height),
  ];
  const converter = new SoftwareScaleContext();
  try {
    const flags = (SWS_BILINEAR | SWS_ACCURATE_RND) as typeof SWS_BILINEAR;
    converter.getContext(width, height, AV_PIX_FMT_RGBA, width, height, AV_PIX_FMT_YUV420P, flags);
    // The input is read in whole vectors too.
    const input = Buffer.concat([rgba, Buffer.alloc(slack)]);
    const written = converter.scaleSync([input], [width * 4], 0, height, rows, [
      stride,
      stride,
      stride,
    ]);
    if (written !== height) throw new Error(`Converting a picture failed (${String(written)}).`);
  } finally {
    converter.freeContext();
  }
  const data = new Uint8Array(i420Bytes(width, height));
  let offset = 0;
  rows.forEach((plane, index) => {
    const shift = index === 0 ? 0 : 1;
    for (let row = 0; row < height >> shift; row += 1) {
      data.set(plane.subarray(row * stride, row * stride + (width >> shift)), offset);
      offset += width >> shift;
    }
  });
  return data;
}
