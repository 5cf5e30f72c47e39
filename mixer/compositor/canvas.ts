import {
  AV_PIX_FMT_YUV420P,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT709,
  AVCOL_SPC_SMPTE170M,
} from 'node-av/constants';
import { FFmpegError, type Frame } from 'node-av/lib';
import { newPicture } from '../native-picture.ts';
import type { Rectangle } from './geometry.ts';
import { type CanvasMatrix, yuvOf, type YuvColour } from './i420.ts';
import type { View } from './view.ts';

/** What is seen between tiles: a dark neutral grey, as 0xRRGGBB. */
export const backgroundRgb = 0x16181c;

/** One plane of the canvas' pixels; a live view of native memory, dead after {@link Canvas.close}. */
export interface Plane {
  readonly data: Buffer;
  /** Bytes from one row to the next. */
  readonly stride: number;
}

/** The three planes Y, U, V. */
export type Planes = readonly [y: Plane, u: Plane, v: Plane];

/** The persistent I420 picture that everything is drawn on and that is handed to the encoders. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  /** What the colours are made with. */
  readonly matrix: CanvasMatrix;
  /** What is seen where nothing is drawn. */
  readonly background: YuvColour;
  /** The picture as libav sees it. Not to be drawn on while an encoder reads it. */
  readonly frame: Frame;
  #planes: Planes;
  #closed = false;

  /** @throws TypeError unless both sides are even integers from 2 to 8192 */
  constructor(width: number, height: number, matrix: CanvasMatrix = 'bt601') {
    for (const side of [width, height]) {
      if (!Number.isInteger(side) || side % 2 !== 0 || side < 2 || side > 8192) {
        throw new TypeError('A canvas side must be an even integer from 2 to 8192.');
      }
    }
    this.width = width;
    this.height = height;
    this.matrix = matrix;
    this.background = yuvOf(backgroundRgb, matrix);
    this.frame = newPicture(AV_PIX_FMT_YUV420P, { width, height });
    this.frame.colorRange = AVCOL_RANGE_MPEG;
    this.frame.colorSpace = matrix === 'bt709' ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
    this.#planes = planesOf(this.frame);
    this.clear();
  }

  /** The pixels to draw on, valid until the next {@link Canvas.beginDrawing}. */
  get planes(): Planes {
    return this.#planes;
  }

  /**
   * To be called before a round of drawing. When somebody still holds the last picture (no encoder does once its
   * `encode` has ended), the canvas moves to a copy of it; otherwise this costs nothing.
   *
   * @returns whether {@link Canvas.planes} changed
   */
  beginDrawing(): boolean {
    if (this.#closed) throw new Error('The canvas is closed.');
    if (this.frame.isWritable) return false;
    FFmpegError.throwIfError(this.frame.makeWritable(), 'Frame.makeWritable');
    this.#planes = planesOf(this.frame);
    return true;
  }

  /** The planes from a pixel at an even place on; as long as {@link Canvas.planes} are valid. */
  planesFrom({ x, y }: { readonly x: number; readonly y: number }): View {
    const [luma, u, v] = this.#planes;
    return {
      planes: [
        luma.data.subarray(y * luma.stride + x),
        u.data.subarray((y * u.stride + x) / 2),
        v.data.subarray((y * v.stride + x) / 2),
      ],
      strides: [luma.stride, u.stride, v.stride],
    };
  }

  /** Fills everything with the background. */
  clear(): void {
    this.fill({ x: 0, y: 0, width: this.width, height: this.height }, this.background);
  }

  /** Fills a rectangle, with even sides and inside the canvas, with one colour. */
  fill({ x, y, width, height }: Rectangle, colour: YuvColour): void {
    const [luma, u, v] = this.#planes;
    fillPlane(luma, x, y, width, height, colour[0]);
    fillPlane(u, x / 2, y / 2, width / 2, height / 2, colour[1]);
    fillPlane(v, x / 2, y / 2, width / 2, height / 2, colour[2]);
  }

  /** Frees the picture. Can be called twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const none: Plane = { data: Buffer.alloc(0), stride: 0 };
    this.#planes = [none, none, none];
    this.frame.free();
  }
}

function fillPlane(
  { data, stride }: Plane,
  x: number,
  y: number,
  width: number,
  height: number,
  value: number,
): void {
  for (let row = y; row < y + height; row += 1) {
    data.fill(value, row * stride + x, row * stride + x + width);
  }
}

function planesOf(frame: Frame): Planes {
  const [y, u, v] = frame.data ?? [];
  const [strideY, strideU, strideV] = frame.linesize;
  if (!y || !u || !v || !strideY || !strideU || !strideV) {
    throw new Error('The canvas frame has no pixels.');
  }
  return [
    { data: y, stride: strideY },
    { data: u, stride: strideU },
    { data: v, stride: strideV },
  ];
}
