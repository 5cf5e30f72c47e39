import { backgroundRgb, type Canvas } from '../../../mixer/compositor/canvas.ts';
import {
  i420Bytes,
  type I420Frame,
  type YuvColour,
  yuvOf,
} from '../../../mixer/compositor/i420.ts';

/** What an empty canvas shows. */
export const backgroundColour: YuvColour = yuvOf(backgroundRgb);

/** A frame of one colour. */
export function solid(width: number, height: number, [y, u, v]: YuvColour): I420Frame {
  const data = new Uint8Array(i420Bytes(width, height));
  fillSolid(data, width, height, [y, u, v]);
  return { width, height, data };
}

/** Fills packed I420 with one colour. */
export function fillSolid(
  data: Uint8Array,
  width: number,
  height: number,
  [y, u, v]: YuvColour,
): void {
  const luma = width * height;
  const chroma = Math.ceil(width / 2) * Math.ceil(height / 2);
  data.fill(y, 0, luma);
  data.fill(u, luma, luma + chroma);
  data.fill(v, luma + chroma);
}

/** What can be read pixel by pixel: a canvas, or a libav frame. */
export interface Readable {
  readonly planes: readonly { readonly data: Uint8Array; readonly stride: number }[];
}

/** The colour of one pixel. */
export function pixel(
  { planes }: Pick<Canvas, 'planes'> | Readable,
  x: number,
  y: number,
): number[] {
  return planes.map(({ data, stride }, index) => {
    const shift = index === 0 ? 0 : 1;
    return data[(y >> shift) * stride + (x >> shift)]!;
  });
}

/** The planes of a libav frame. */
export function readable(frame: {
  readonly data: Buffer[] | null;
  readonly linesize: number[];
}): Readable {
  return {
    planes: frame
      .data!.slice(0, 3)
      .map((data, index) => ({ data, stride: frame.linesize[index]! })),
  };
}

/** What is seen of a libav frame, plane by plane. */
export function bytesOf(frame: {
  readonly width: number;
  readonly height: number;
  readonly data: Buffer[] | null;
  readonly linesize: number[];
}): Buffer {
  return Buffer.concat(
    readable(frame).planes.flatMap(({ data, stride }, index) => {
      const shift = index === 0 ? 0 : 1;
      return Array.from({ length: frame.height >> shift }, (_, row) =>
        data.subarray(row * stride, row * stride + (frame.width >> shift)),
      );
    }),
  );
}
