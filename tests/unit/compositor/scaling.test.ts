import { afterEach, describe, expect, it } from 'vitest';
import { Canvas } from '../../../mixer/compositor/canvas.ts';
import { cropOf } from '../../../mixer/compositor/crop.ts';
import type { Size } from '../../../mixer/compositor/geometry.ts';
import { i420Bytes, type I420Frame } from '../../../mixer/compositor/i420.ts';
import type { Fit } from '../../../mixer/compositor/layout-types.ts';
import { TilePainter } from '../../../mixer/compositor/tile-painter.ts';

const painter = new TilePainter();
let canvas: Canvas | null = null;
afterEach(() => {
  painter.close();
  canvas?.close();
});

/** A grey picture from a function of the pixel. */
function grey(width: number, height: number, at: (x: number, y: number) => number): I420Frame {
  const data = new Uint8Array(i420Bytes(width, height)).fill(128);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) data[y * width + x] = Math.round(at(x, y));
  }
  return { width, height, data };
}

/** The luma of what a tile shows, row by row. */
function painted(source: I420Frame, { width, height }: Size, fit: Fit = 'cover'): Float64Array {
  canvas?.close();
  canvas = new Canvas(width, height);
  painter.paint(canvas, { x: 0, y: 0, width, height }, fit, source);
  const [{ data, stride }] = canvas.planes;
  return Float64Array.from(
    { length: width * height },
    (_, at) => data[Math.floor(at / width) * stride + (at % width)]!,
  );
}

/** What is to be seen of a source, each pixel the exact mean of what is below it. */
function averaged(source: I420Frame, tile: Size): Float64Array {
  const { from } = cropOf(source, tile, 'cover');
  const columns = spans(from.x, from.width, tile.width);
  const rows = spans(from.y, from.height, tile.height);
  const narrow = columns.map((column) =>
    Float64Array.from({ length: source.height }, (_, y) =>
      mean(column, (x) => source.data[y * source.width + x]!),
    ),
  );
  return Float64Array.from({ length: tile.width * tile.height }, (_, at) =>
    mean(rows[Math.floor(at / tile.width)]!, (y) => narrow[at % tile.width]![y]!),
  );
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function spans(start: number, length: number, parts: number): Span[] {
  const step = length / parts;
  return Array.from({ length: parts }, (_, index) => ({
    start: start + index * step,
    end: start + (index + 1) * step,
  }));
}

function mean({ start, end }: Span, valueAt: (at: number) => number): number {
  let sum = 0;
  for (let at = Math.floor(start); at < end; at += 1) {
    sum += valueAt(at) * (Math.min(at + 1, end) - Math.max(at, start));
  }
  return sum / (end - start);
}

/** What a bilinear scaler does that looks at the four nearest pixels only. */
function bilinear(source: I420Frame, tile: Size): Float64Array {
  const { from } = cropOf(source, tile, 'cover');
  const value = (x: number, y: number): number =>
    source.data[Math.min(y, source.height - 1) * source.width + Math.min(x, source.width - 1)]!;
  return Float64Array.from({ length: tile.width * tile.height }, (_, at) => {
    const x = from.x + ((at % tile.width) + 0.5) * (from.width / tile.width) - 0.5;
    const y = from.y + (Math.floor(at / tile.width) + 0.5) * (from.height / tile.height) - 0.5;
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [a, b] = [x - left, y - top];
    const upper = value(left, top) * (1 - a) + value(left + 1, top) * a;
    const lower = value(left, top + 1) * (1 - a) + value(left + 1, top + 1) * a;
    return upper * (1 - b) + lower * b;
  });
}

/** Root of the mean squared difference, in steps of 255. */
function difference(a: Float64Array, b: Float64Array): number {
  return Math.sqrt(a.reduce((sum, value, at) => sum + (value - b[at]!) ** 2, 0) / a.length);
}

describe('a 1080p source in a small tile', () => {
  const tile = { width: 172, height: 96 };
  const moving = {
    'a zone plate': (x: number, y: number, step: number) =>
      126 +
      110 *
        Math.cos((Math.PI * ((x - 960 - 1.3 * step) ** 2 + (y - 540 - 0.7 * step) ** 2)) / 2200),
    'a fine grating': (x: number, y: number, step: number) =>
      (x * 0.37 + y * 0.23 + step * 0.45) % 1 < 0.5 ? 20 : 230,
    'a page of text': (x: number, y: number, step: number) =>
      (y + step) % 14 < 9 && ((x * 7919) ^ (((y + step) >> 1) * 104_729)) % 5 < 2 ? 30 : 225,
  };

  it.each(Object.entries(moving))('that shows %s moving does not shimmer', (_, at) => {
    const sources = [0, 1, 2].map((step) => grey(1920, 1080, (x, y) => at(x, y, step)));
    const exact = sources.map((source) => averaged(source, tile));
    const coarse = sources.map((source) => bilinear(source, tile));
    const ours = sources.map((source) => painted(source, tile));

    const error = (pictures: Float64Array[]): number =>
      Math.max(...pictures.map((picture, step) => difference(picture, exact[step]!)));
    expect(error(ours)).toBeLessThan(1);
    expect(error(ours)).toBeLessThan(error(coarse) / 10);

    const flicker = (pictures: Float64Array[]): number =>
      Math.max(...[1, 2].map((step) => difference(pictures[step]!, pictures[step - 1]!)));
    expect(flicker(ours)).toBeLessThan(1.1 * flicker(exact) + 0.2);
    expect(flicker(ours)).toBeLessThan(flicker(coarse) / 4);
  });
});

describe('a source', () => {
  const tiles = [
    [416, 234],
    [172, 96],
    [90, 160],
    [34, 20],
    [2, 2],
  ] as const;
  it.each([
    ['of 4:3', 640, 480],
    ['of 21:9', 2560, 1080],
    ['of odd size', 641, 361],
    ['upright', 360, 640],
    ['of odd width, upright', 363, 641],
    ['of 4K', 3840, 2160],
    ['like a thread', 6, 2000],
    ['like a line', 2001, 7],
  ])('%s (%i x %i) is seen in place in tiles of any size', (_, width, height) => {
    // Smooth, so that all good filters agree; another one in each direction, so that nothing is mirrored or moved.
    const source = grey(
      width,
      height,
      (x, y) => 20 + (150 * (x + 0.5)) / width + (60 * (y + 0.5)) / height,
    );
    for (const [tileWidth, tileHeight] of tiles) {
      const tile = { width: tileWidth, height: tileHeight };
      const found = difference(painted(source, tile), averaged(source, tile));
      // Enlarged, its edges are flat: half a pixel of the source.
      const edge = 210 / Math.min(width, height);
      expect({ ...tile, near: found < Math.max(0.6, edge) }).toEqual({ ...tile, near: true });
    }
  });

  it.each([
    [1, 1],
    [2, 2],
    [1, 2],
    [3, 1],
  ])('of %i x %i fills its tile', (width, height) => {
    for (const fit of ['cover', 'contain'] as const) {
      const source = grey(width, height, () => 200);
      for (const [tileWidth, tileHeight] of tiles) {
        const picture = painted(source, { width: tileWidth, height: tileHeight }, fit);
        const middle = picture[(tileHeight / 2) * tileWidth + tileWidth / 2];
        expect(middle).toBe(200);
        if (fit === 'cover') expect(Math.min(...picture)).toBe(200);
      }
    }
  });

  it('that changes its size in between looks as if it had always had it', () => {
    const tile = { width: 172, height: 96 };
    const wave = (x: number, y: number): number => 128 + 90 * Math.sin(x / 40) * Math.cos(y / 30);
    const one = new Canvas(tile.width, tile.height);
    const lasting = new TilePainter();
    const place = { x: 0, y: 0, ...tile };
    for (const [width, height] of [
      [640, 360],
      [320, 180],
      [1280, 720],
      [480, 640],
      [172, 96],
      [161, 91],
    ] as const) {
      const source = grey(width, height, wave);
      lasting.paint(one, place, 'cover', source);
      const luma = one.planes[0];
      const other = painted(source, tile);
      const seen = Float64Array.from(
        { length: other.length },
        (_, at) => luma.data[Math.floor(at / tile.width) * luma.stride + (at % tile.width)]!,
      );
      expect(difference(seen, other)).toBe(0);
    }
    lasting.close();
    one.close();
  });
});
