import { AV_PIX_FMT_YUV420P, SoftwareScaleContext, SWS_AREA } from 'node-av';
import { backgroundColour, type Canvas, type Plane, type Planes } from './canvas.ts';
import { cropOf, type Crop } from './crop.ts';
import type { Rectangle } from './geometry.ts';
import { i420Bytes, type I420Frame } from './i420.ts';
import type { Fit } from './layout-types.ts';

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
const readSlack = 64;

/** A picture held in JS memory: three planes and their strides, as `scaleSync` wants them. */
interface Scratch {
  readonly planes: [Buffer, Buffer, Buffer];
  readonly strides: [number, number, number];
}

/** A scratch picture on the way to the canvas. */
interface Detour {
  readonly scratch: Scratch;
  /** Copies it: an unscaled conversion is a `memcpy` a row, a fifth of the cost of doing that from JS. */
  readonly copier: SoftwareScaleContext;
}

/** What depends on sizes and places only and is kept from frame to frame. */
interface Plan {
  readonly canvas: Canvas;
  readonly planes: Planes;
  readonly tile: Rectangle;
  readonly fit: Fit;
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  readonly crop: Crop;
  /** Where the picture goes on the canvas. */
  readonly to: Rectangle;
  /** The canvas' planes from the first pixel of `to` on. */
  readonly target: [Buffer, Buffer, Buffer];
  readonly targetStrides: [number, number, number];
  /** Null where the source has the size of `to` already: its rows are copied. */
  readonly scaler: SoftwareScaleContext | null;
  /** Null where the scaler may write to the canvas itself. */
  readonly detour: Detour | null;
  /** A copy of the source with room behind it, or null where the source can be read as it is. */
  readonly padded: Buffer | null;
}

/**
 * Draws the frames of one source into its tile: cropped or fitted, scaled by swscale straight into the canvas.
 * Keeps the scaler while sizes stay (a new one costs about 0.05 ms). Changes no pixel outside the tile.
 */
export class TilePainter {
  #plan: Plan | null = null;

  /** Draws `frame` into `tile`, all of whose pixels are set; what `contain` leaves free is background. */
  paint(canvas: Canvas, tile: Rectangle, fit: Fit, frame: I420Frame): void {
    const plan = this.#planFor(canvas, tile, fit, frame);
    if (fit === 'contain') fillAround(canvas, tile, plan.to);
    const source = sourcePlanes(frame, plan);
    const { from } = plan.crop;
    if (plan.scaler === null) {
      copyRows(source, plan.target, plan.targetStrides, from.width, from.height);
      return;
    }
    const { height } = plan.to;
    if (plan.detour === null) {
      scale(plan.scaler, source, from.height, plan.target, plan.targetStrides, height);
      return;
    }
    const { scratch, copier } = plan.detour;
    scale(plan.scaler, source, from.height, scratch.planes, scratch.strides, height);
    scale(copier, scratch, height, plan.target, plan.targetStrides, height);
  }

  /** Frees the scaler. Can be called twice; painting again makes a new one. */
  close(): void {
    this.#plan?.scaler?.freeContext();
    this.#plan?.detour?.copier.freeContext();
    this.#plan = null;
  }

  #planFor(canvas: Canvas, tile: Rectangle, fit: Fit, frame: I420Frame): Plan {
    const plan = this.#plan;
    if (
      plan !== null &&
      plan.canvas === canvas &&
      plan.planes === canvas.planes &&
      plan.fit === fit &&
      plan.sourceWidth === frame.width &&
      plan.sourceHeight === frame.height &&
      plan.tile.x === tile.x &&
      plan.tile.y === tile.y &&
      plan.tile.width === tile.width &&
      plan.tile.height === tile.height
    ) {
      return plan;
    }
    this.close();
    this.#plan = makePlan(canvas, tile, fit, frame);
    return this.#plan;
  }
}

function makePlan(canvas: Canvas, tile: Rectangle, fit: Fit, frame: I420Frame): Plan {
  const crop = cropOf(frame, tile, fit);
  const { from } = crop;
  const to = { ...crop.to, x: tile.x + crop.to.x, y: tile.y + crop.to.y };
  const [y, u, v] = canvas.planes;
  const sameSize = from.width === to.width && from.height === to.height;
  const direct = to.width % directMultiple === 0;
  const narrow = from.width < narrowSource || to.width < narrowTile;
  return {
    canvas,
    planes: canvas.planes,
    tile,
    fit,
    sourceWidth: frame.width,
    sourceHeight: frame.height,
    crop,
    to,
    target: [
      y.data.subarray(to.y * y.stride + to.x),
      u.data.subarray((to.y * u.stride + to.x) / 2),
      v.data.subarray((to.y * v.stride + to.x) / 2),
    ],
    targetStrides: [y.stride, u.stride, v.stride],
    scaler: sameSize ? null : makeScaler(from, to),
    detour: sameSize || direct ? null : makeDetour(canvas, to),
    padded:
      !sameSize && narrow ? Buffer.alloc(i420Bytes(frame.width, frame.height) + readSlack) : null,
  };
}

/** `area` averages when it shrinks (no shimmer) and is bilinear when it enlarges. */
function makeScaler(from: Rectangle, to: Rectangle): SoftwareScaleContext {
  const scaler = new SoftwareScaleContext();
  scaler.getContext(
    from.width,
    from.height,
    AV_PIX_FMT_YUV420P,
    to.width,
    to.height,
    AV_PIX_FMT_YUV420P,
    SWS_AREA,
  );
  return scaler;
}

/** The copier writes whole strides where source and target strides are the same, so the scratch has others. */
function makeDetour({ planes }: Canvas, to: Rectangle): Detour {
  const strideFor = (width: number, { stride }: Plane): number => {
    const padded = directMultiple * Math.ceil((width + directMultiple / 2) / directMultiple);
    return padded === stride ? padded + directMultiple : padded;
  };
  const luma = strideFor(to.width, planes[0]);
  const u = strideFor(to.width / 2, planes[1]);
  const v = strideFor(to.width / 2, planes[2]);
  return {
    scratch: {
      planes: [
        Buffer.alloc(luma * to.height),
        Buffer.alloc((u * to.height) / 2),
        Buffer.alloc((v * to.height) / 2),
      ],
      strides: [luma, u, v],
    },
    copier: makeScaler(to, to),
  };
}

function scale(
  scaler: SoftwareScaleContext,
  source: Scratch,
  sourceRows: number,
  target: Scratch['planes'],
  targetStrides: Scratch['strides'],
  rows: number,
): void {
  const { planes, strides } = source;
  const written = scaler.scaleSync(planes, strides, 0, sourceRows, target, targetStrides);
  if (written !== rows) throw new Error(`Scaling a tile failed (${String(written)}).`);
}

/** The planes of a source from the first pixel of its crop on. */
function sourcePlanes(frame: I420Frame, { crop, padded }: Plan): Scratch {
  const { width, height } = frame;
  const chromaWidth = Math.ceil(width / 2);
  const luma = width * height;
  const chroma = chromaWidth * Math.ceil(height / 2);
  padded?.set(frame.data);
  const { buffer, byteOffset } = padded ?? frame.data;
  const view = (start: number, end: number, offset: number): Buffer =>
    Buffer.from(buffer, byteOffset + start + offset, end - start - offset);
  const { x, y } = crop.from;
  const chromaOffset = (y / 2) * chromaWidth + x / 2;
  return {
    planes: [
      view(0, luma, y * width + x),
      view(luma, luma + chroma, chromaOffset),
      view(luma + chroma, luma + 2 * chroma, chromaOffset),
    ],
    strides: [width, chromaWidth, chromaWidth],
  };
}

function copyRows(
  source: Scratch,
  target: readonly [Buffer, Buffer, Buffer],
  targetStrides: readonly [number, number, number],
  width: number,
  height: number,
): void {
  copyPlane(source.planes[0], source.strides[0], target[0], targetStrides[0], width, height);
  copyPlane(
    source.planes[1],
    source.strides[1],
    target[1],
    targetStrides[1],
    width / 2,
    height / 2,
  );
  copyPlane(
    source.planes[2],
    source.strides[2],
    target[2],
    targetStrides[2],
    width / 2,
    height / 2,
  );
}

function copyPlane(
  source: Buffer,
  sourceStride: number,
  target: Buffer,
  targetStride: number,
  width: number,
  height: number,
): void {
  for (let row = 0; row < height; row += 1) {
    const start = row * sourceStride;
    source.copy(target, row * targetStride, start, start + width);
  }
}

/** Background on the bars that `contain` leaves beside or above the picture. */
function fillAround(canvas: Canvas, tile: Rectangle, picture: Rectangle): void {
  const left = picture.x - tile.x;
  const top = picture.y - tile.y;
  const right = tile.width - left - picture.width;
  const bottom = tile.height - top - picture.height;
  const { x, y, width, height } = tile;
  canvas.fill({ x, y, width, height: top }, backgroundColour);
  canvas.fill({ x, y: y + height - bottom, width, height: bottom }, backgroundColour);
  canvas.fill({ x, y, width: left, height }, backgroundColour);
  canvas.fill({ x: x + width - right, y, width: right, height }, backgroundColour);
}
