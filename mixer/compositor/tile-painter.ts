import { AV_PIX_FMT_YUV420P } from 'node-av/constants';
import {
  avImageCopy2,
  avImageGetBufferSize,
  FFmpegError,
  type Frame,
  type SoftwareScaleContext,
} from 'node-av/lib';
import type { Canvas, Planes } from './canvas.ts';
import { recolour, recolouring, type Recolouring } from './colour-matrix.ts';
import { cropOf, type Crop } from './crop.ts';
import type { Rectangle, Size } from './geometry.ts';
import type { Fit } from './layout-types.ts';
import type { Picture } from './picture.ts';
import { emptyPicture, type Memory, PixelReader, type Pixels } from './pixels.ts';
import { makeScaler } from './scaler.ts';
import type { View } from './view.ts';

/**
 * swscale's SIMD kernels write whole vectors: up to 16 bytes past the right edge of each destination row (seen
 * on x86-64), and would soil the neighbouring tile. A width whose luma and chroma rows are both whole numbers of
 * 16 bytes can be scaled in place; any other goes through a scratch picture with room at the right.
 */
const directMultiple = 32;

/**
 * swscale's horizontal filter, rounded up to a multiple of 8 taps, reads past the end of a row that is narrower than
 * the filter (crashes when the last row ends where the memory does). Sources this narrow, and shrinking to tiles this
 * narrow, get a copy with bytes to spare.
 */
const narrowSource = 64;
const narrowTile = 16;
const readSlack = 128;

/** What depends on sizes, places and formats only and is kept from picture to picture. */
interface Plan {
  readonly canvas: Canvas;
  /** The canvas' planes that it was made for. */
  readonly planes: Planes;
  readonly tile: Rectangle;
  readonly fit: Fit;
  readonly source: Pick<Pixels, 'width' | 'height' | 'format' | 'fullRange' | 'matrix'>;
  /** Whether the source is in libav's memory. */
  readonly native: boolean;
  readonly crop: Crop;
  /** Where the picture goes on the canvas. */
  readonly to: Rectangle;
  readonly target: View;
  /** Null where the source has the size and the format of the target already. */
  readonly scaler: SoftwareScaleContext | null;
  /** Where the scaler writes to; null where that may be the canvas itself. */
  readonly scratch: View | null;
  /** What a frame that is not cropped is scaled to, in libav's memory; null where the source is not such a frame. */
  readonly whole: { readonly frame: Frame; readonly memory: Memory } | null;
  /** Room for a copy of what is cropped out of the source, or null where that can be read as it is. */
  readonly padded: Buffer | null;
  /** Null where the colours are right already. */
  readonly recolouring: Recolouring | null;
}

/**
 * Draws the pictures of one source into its tile: cropped or fitted, scaled by swscale straight into the canvas.
 * Keeps the scaler while sizes stay. Changes no pixel outside the tile.
 */
export class TilePainter {
  readonly #reader = new PixelReader();
  #plan: Plan | null = null;

  /**
   * Draws a picture into `tile`, all of whose pixels are set; what `contain` leaves free is background.
   *
   * @throws RangeError if an I420 picture has fewer pixels than its size says
   * @throws FFmpegError where swscale cannot read the format of a native picture
   */
  paint(canvas: Canvas, tile: Rectangle, fit: Fit, picture: Picture): void {
    const pixels = this.#reader.read(picture);
    const plan = this.#planFor(canvas, tile, fit, pixels);
    if (fit === 'contain') fillAround(canvas, tile, plan.to);
    const { target, whole } = plan;
    if (plan.scaler !== null && whole !== null && pixels.frame !== null) {
      const scaled = plan.scaler.scaleFrameSync(whole.frame, pixels.frame);
      FFmpegError.throwIfError(scaled, 'scaling a tile');
      copy(whole.memory, target, plan.to);
    } else {
      this.#paintFromMemory(pixels, plan);
    }
    if (plan.recolouring !== null) recolour(target, plan.to, plan.recolouring);
  }

  #paintFromMemory(pixels: Pixels, plan: Plan): void {
    const { target, scratch } = plan;
    const source = cropped(pixels, plan);
    if (plan.scaler === null) {
      copy(source, target, plan.to);
    } else if (scratch === null) {
      scale(plan.scaler, source, plan.crop.from.height, target, plan.to.height);
    } else {
      scale(plan.scaler, source, plan.crop.from.height, scratch, plan.to.height);
      copy(scratch, target, plan.to);
    }
  }

  /** Frees what it keeps. Can be called twice; painting again makes it anew. */
  close(): void {
    this.#reader.close();
    this.#forgetPlan();
  }

  #forgetPlan(): void {
    this.#plan?.scaler?.freeContext();
    this.#plan?.whole?.frame.free();
    this.#plan = null;
  }

  #planFor(canvas: Canvas, tile: Rectangle, fit: Fit, pixels: Pixels): Plan {
    const plan = this.#plan;
    if (
      plan !== null &&
      plan.canvas === canvas &&
      plan.planes === canvas.planes &&
      plan.fit === fit &&
      plan.source.width === pixels.width &&
      plan.source.height === pixels.height &&
      plan.source.format === pixels.format &&
      plan.source.fullRange === pixels.fullRange &&
      plan.source.matrix === pixels.matrix &&
      plan.native === (pixels.frame !== null) &&
      plan.tile.x === tile.x &&
      plan.tile.y === tile.y &&
      plan.tile.width === tile.width &&
      plan.tile.height === tile.height
    ) {
      return plan;
    }
    this.#forgetPlan();
    this.#plan = makePlan(canvas, tile, fit, pixels);
    return this.#plan;
  }
}

function makePlan(canvas: Canvas, tile: Rectangle, fit: Fit, pixels: Pixels): Plan {
  const { width, height, format, fullRange, matrix } = pixels;
  const crop = cropOf(pixels, tile, fit);
  const { from } = crop;
  const to = { ...crop.to, x: tile.x + crop.to.x, y: tile.y + crop.to.y };
  const asItIs =
    from.width === to.width &&
    from.height === to.height &&
    format === AV_PIX_FMT_YUV420P &&
    !fullRange;
  const narrow = from.width < narrowSource || to.width < narrowTile;
  return {
    canvas,
    planes: canvas.planes,
    tile,
    fit,
    source: { width, height, format, fullRange, matrix },
    native: pixels.frame !== null,
    crop,
    to,
    target: canvas.planesFrom(to),
    scaler: asItIs
      ? null
      : makeScaler(
          { width: from.width, height: from.height, format, fullRange },
          { width: to.width, height: to.height, format: AV_PIX_FMT_YUV420P, fullRange: false },
        ),
    whole:
      asItIs || pixels.frame === null || from.width !== width || from.height !== height
        ? null
        : emptyPicture(AV_PIX_FMT_YUV420P, to),
    scratch: asItIs || to.width % directMultiple === 0 ? null : makeScratch(to),
    padded:
      asItIs || !narrow
        ? null
        : Buffer.alloc(avImageGetBufferSize(format, from.width, from.height, 1) + readSlack),
    recolouring: matrix === null ? null : recolouring(matrix, canvas.matrix),
  };
}

/** A picture with room for what swscale writes past the end of a row. */
function makeScratch({ width, height }: Size): View {
  const stride = directMultiple * Math.ceil((width + directMultiple) / directMultiple);
  const chroma = (stride * height) / 4;
  return {
    planes: [Buffer.alloc(stride * height), Buffer.alloc(chroma), Buffer.alloc(chroma)],
    strides: [stride, stride / 2, stride / 2],
  };
}

/** What is to be seen of a picture. */
function cropped({ memory, sampling, format }: Pixels, { crop, padded }: Plan): Memory {
  const { planes, strides } = memory();
  const { x, y, width, height } = crop.from;
  const views = planes.map((plane, index) => {
    const [shiftX, shiftY] = index === 0 ? [0, 0] : sampling.shift;
    const offset =
      (y >> shiftY) * (strides[index] ?? 0) + (x >> shiftX) * (sampling.bytes[index] ?? 0);
    return offset === 0 ? plane : plane.subarray(offset);
  });
  if (padded === null) return { planes: views, strides };
  const rows = packed(padded, width, height, strides.length, sampling);
  avImageCopy2(rows.planes, rows.strides, views, strides, format, width, height);
  return rows;
}

/** A buffer as planes one after the other, without anything between their rows. */
function packed(
  buffer: Buffer,
  width: number,
  height: number,
  count: number,
  { bytes, shift }: Pixels['sampling'],
): Memory {
  const planes: Buffer[] = [];
  const strides: number[] = [];
  let start = 0;
  for (let index = 0; index < count; index += 1) {
    const [shiftX, shiftY] = index === 0 ? [0, 0] : shift;
    const stride = Math.ceil(width / (1 << shiftX)) * (bytes[index] ?? 0);
    planes.push(buffer.subarray(start));
    strides.push(stride);
    start += stride * Math.ceil(height / (1 << shiftY));
  }
  return { planes, strides };
}

function scale(
  scaler: SoftwareScaleContext,
  { planes, strides }: Memory,
  sourceRows: number,
  target: View,
  rows: number,
): void {
  const written = scaler.scaleSync(planes, strides, 0, sourceRows, target.planes, target.strides);
  if (written !== rows) throw new Error(`Scaling a tile failed (${String(written)}).`);
}

/** Copies I420, even sides. */
function copy(from: Memory, to: Memory, { width, height }: Size): void {
  avImageCopy2(to.planes, to.strides, from.planes, from.strides, AV_PIX_FMT_YUV420P, width, height);
}

/** Background on the bars that `contain` leaves beside or above the picture. */
function fillAround(canvas: Canvas, tile: Rectangle, picture: Rectangle): void {
  const left = picture.x - tile.x;
  const top = picture.y - tile.y;
  const right = tile.width - left - picture.width;
  const bottom = tile.height - top - picture.height;
  const { x, y, width, height } = tile;
  const { background } = canvas;
  canvas.fill({ x, y, width, height: top }, background);
  canvas.fill({ x, y: y + height - bottom, width, height: bottom }, background);
  canvas.fill({ x, y, width: left, height }, background);
  canvas.fill({ x: x + width - right, y, width: right, height }, background);
}
