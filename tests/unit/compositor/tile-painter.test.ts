import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Canvas } from '../../../mixer/compositor/canvas.ts';
import { cropOf } from '../../../mixer/compositor/crop.ts';
import type { Rectangle } from '../../../mixer/compositor/geometry.ts';
import { i420Bytes, type I420Frame, type YuvColour } from '../../../mixer/compositor/i420.ts';
import { TilePainter } from '../../../mixer/compositor/tile-painter.ts';
import { backgroundColour, fillSolid, pixel, solid } from './pictures.ts';

/** What is used of it here: the types of Node leave it out. */
declare const WebAssembly: {
  readonly Memory: new (options: { initial: number }) => { readonly buffer: ArrayBuffer };
};

const colour: YuvColour = [200, 60, 170];
const before: YuvColour = [7, 9, 11];
const canvas = new Canvas(320, 48);
const painter = new TilePainter();
afterAll(() => {
  painter.close();
  canvas.close();
});

/** Paints a solid source and returns what is wrong with the canvas, padding included. */
function faultsOf(tile: Rectangle, source: I420Frame): string[] {
  canvas.planes.forEach(({ data }, index) => data.fill(before[index]!));
  painter.paint(canvas, tile, 'cover', source);
  const faults: string[] = [];
  canvas.planes.forEach(({ data, stride }, index) => {
    const shift = index === 0 ? 0 : 1;
    const left = tile.x >> shift;
    const right = left + (tile.width >> shift);
    const top = tile.y >> shift;
    const bottom = top + (tile.height >> shift);
    data.forEach((value, at) => {
      const row = Math.floor(at / stride);
      const column = at % stride;
      const inside = row >= top && row < bottom && column >= left && column < right;
      const wrong = inside ? Math.abs(value - colour[index]!) > 1 : value !== before[index];
      if (wrong && faults.length < 3) {
        faults.push(`plane ${String(index)} (${String(column)}, ${String(row)}): ${String(value)}`);
      }
    });
  });
  return faults;
}

describe('a tile', () => {
  it.each([
    ['shrunk', 340, 60],
    ['enlarged', 18, 10],
    ['of odd size', 121, 67],
    ['tiny', 2, 2],
    ['scaled in one direction only', 400, 16],
  ])('of any even width is filled and nothing else is touched, source %s', (_, width, height) => {
    const source = solid(width, height, colour);
    for (let tileWidth = 2; tileWidth <= 200; tileWidth += 2) {
      const tile = { x: 20, y: 8, width: tileWidth, height: 16 };
      expect({ tileWidth, faults: faultsOf(tile, source) }).toEqual({ tileWidth, faults: [] });
    }
  });

  it('of the size of the source is copied, also at the stride of the canvas', () => {
    expect(faultsOf({ x: 20, y: 8, width: 100, height: 16 }, solid(100, 16, colour))).toEqual([]);
    expect(faultsOf({ x: 20, y: 8, width: 100, height: 48 - 8 }, solid(320, 40, colour))).toEqual(
      [],
    );
    expect(faultsOf({ x: 0, y: 0, width: 320, height: 48 }, solid(320, 48, colour))).toEqual([]);
  });

  it('at the right and lower edge stays inside', () => {
    expect(faultsOf({ x: 250, y: 30, width: 70, height: 18 }, solid(640, 360, colour))).toEqual([]);
  });

  it('is repainted right after its source changed size or it moved', () => {
    for (const [width, height, x] of [
      [640, 360, 20],
      [320, 180, 20],
      [320, 180, 40],
      [180, 320, 40],
    ] as const) {
      expect(faultsOf({ x, y: 8, width: 90, height: 30 }, solid(width, height, colour))).toEqual(
        [],
      );
    }
  });
});

describe('reading a source', () => {
  it('stays inside its memory (guard pages follow: one byte too far ends the process)', () => {
    // The memory of a WebAssembly instance is followed by pages that may not be read.
    const memory = new WebAssembly.Memory({ initial: 64 });
    const sides = [1, 2, 3, 4, 8, 15, 16, 31, 32, 33, 63, 64, 65, 101, 320, 641];
    for (const width of sides) {
      for (const height of [1, 2, 17, 64, 361]) {
        const bytes = i420Bytes(width, height);
        const data = new Uint8Array(memory.buffer, memory.buffer.byteLength - bytes, bytes);
        fillSolid(data, width, height, colour);
        for (const tileWidth of [2, 8, 16, 50, 96, 300]) {
          const tile = { x: 4, y: 4, width: tileWidth, height: 40 };
          expect(faultsOf(tile, { width, height, data })).toEqual([]);
        }
      }
    }
  });

  it('refuses data shorter than its size says', () => {
    const source = { width: 64, height: 64, data: new Uint8Array(100) };
    expect(() => faultsOf({ x: 0, y: 0, width: 32, height: 32 }, source)).toThrow(RangeError);
  });
});

describe('contain', () => {
  it('shows all of the source between bars of background', () => {
    const tile = { x: 40, y: 0, width: 200, height: 48 };
    canvas.planes.forEach(({ data }, index) => data.fill(before[index]!));
    painter.paint(canvas, tile, 'contain', solid(64, 48, colour));
    expect(pixel(canvas, 42, 20)).toEqual([...backgroundColour]);
    expect(pixel(canvas, 238, 20)).toEqual([...backgroundColour]);
    expect(pixel(canvas, 140, 2)).toEqual([...colour]);
    expect(pixel(canvas, 38, 20)).toEqual([...before]);
    expect(pixel(canvas, 240, 20)).toEqual([...before]);
  });
});

describe('cropOf', () => {
  const wide = { width: 320, height: 180 };

  it('takes the middle of a landscape source', () => {
    expect(cropOf({ width: 640, height: 480 }, wide, 'cover').from).toEqual({
      x: 0,
      y: 60,
      width: 640,
      height: 360,
    });
  });

  it('takes the upper third of an upright one', () => {
    const { from } = cropOf({ width: 360, height: 640 }, wide, 'cover');
    expect(from).toMatchObject({ x: 0, width: 360, height: 202 });
    expect(Math.abs(from.y + from.height / 2 - 640 / 3)).toBeLessThanOrEqual(2);
  });

  it('stays inside source and tile, at even places, in the right shape', () => {
    const side = fc.integer({ min: 1, max: 4096 });
    const even = fc.integer({ min: 1, max: 1024 }).map((half) => half * 2);
    fc.assert(
      fc.property(
        side,
        side,
        even,
        even,
        fc.constantFrom('cover', 'contain'),
        (w, h, tw, th, fit) => {
          const { from, to } = cropOf({ width: w, height: h }, { width: tw, height: th }, fit);
          expect((from.x % 2) + (from.y % 2)).toBe(0);
          expect(Math.min(from.x, from.y, to.x, to.y)).toBeGreaterThanOrEqual(0);
          expect(from.x + from.width).toBeLessThanOrEqual(w);
          expect(from.y + from.height).toBeLessThanOrEqual(h);
          for (const value of [to.x, to.y, to.width, to.height]) expect(value % 2).toBe(0);
          expect(to.x + to.width).toBeLessThanOrEqual(tw);
          expect(to.y + to.height).toBeLessThanOrEqual(th);
          expect(Math.min(from.width, from.height)).toBeGreaterThanOrEqual(1);
          if (fit === 'cover') expect(to).toEqual({ x: 0, y: 0, width: tw, height: th });
          else expect(from).toEqual({ x: 0, y: 0, width: w, height: h });
        },
      ),
    );
  });
});
