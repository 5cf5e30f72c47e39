import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cropOf } from '../../../mixer/compositor/crop.ts';
import type { Size } from '../../../mixer/compositor/geometry.ts';

const tile: Size = { width: 320, height: 180 };

function size(text: string): Size {
  const [width, height] = text.split('x').map(Number);
  return { width: width!, height: height! };
}

const sources = fc.record({
  width: fc.oneof(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 8192 })),
  height: fc.oneof(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 8192 })),
});
const evenSide = fc.integer({ min: 1, max: 1024 }).map((half) => half * 2);
const tiles = fc.record({ width: evenSide, height: evenSide });
const runs = { numRuns: 1000 };

describe('cover', () => {
  it.each([
    ['all of a 16:9 source', '1280x720', { x: 0, y: 0, width: 1280, height: 720 }],
    ['all of 4K', '3840x2160', { x: 0, y: 0, width: 3840, height: 2160 }],
    ['the middle of 4:3', '640x480', { x: 0, y: 60, width: 640, height: 360 }],
    ['the middle of 21:9', '2560x1080', { x: 320, y: 0, width: 1920, height: 1080 }],
    ['the middle of a square', '480x480', { x: 0, y: 104, width: 480, height: 270 }],
    ['around the upper third of 9:16', '360x640', { x: 0, y: 112, width: 360, height: 202 }],
    ['around the upper third of 3:4', '480x640', { x: 0, y: 78, width: 480, height: 270 }],
    ['all of what is odd by a pixel', '1279x719', { x: 0, y: 0, width: 1279, height: 719 }],
    ['the only pixel', '1x1', { x: 0, y: 0, width: 1, height: 1 }],
    ['all of four pixels', '2x2', { x: 0, y: 0, width: 2, height: 2 }],
    ['the upper part of 3x5', '3x5', { x: 0, y: 0, width: 3, height: 2 }],
  ])('takes %s', (_, source, from) => {
    expect(cropOf(size(source), tile, 'cover')).toEqual({
      from,
      to: { x: 0, y: 0, ...tile },
    });
  });

  it('keeps the head of an upright source in an upright tile: what it cuts is below', () => {
    const { from } = cropOf(size('720x1280'), { width: 528, height: 660 }, 'cover');
    expect(from).toEqual({ x: 0, y: 0, width: 720, height: 900 });
  });

  it('fills the tile from inside the source, from an even place', () => {
    fc.assert(
      fc.property(sources, tiles, (source, target) => {
        const { from, to } = cropOf(source, target, 'cover');
        expect(to).toEqual({ x: 0, y: 0, ...target });
        expect((from.x % 2) + (from.y % 2)).toBe(0);
        expect(Math.min(from.x, from.y)).toBeGreaterThanOrEqual(0);
        expect(Math.min(from.width, from.height)).toBeGreaterThanOrEqual(1);
        expect(from.x + from.width).toBeLessThanOrEqual(source.width);
        expect(from.y + from.height).toBeLessThanOrEqual(source.height);
      }),
      runs,
    );
  });

  it('takes a part of the shape of the tile, within 2 pixels, and all of one direction', () => {
    fc.assert(
      fc.property(sources, tiles, (source, target) => {
        const { width, height } = cropOf(source, target, 'cover').from;
        expect(width === source.width || height === source.height).toBe(true);
        const aside = width * target.height - height * target.width;
        expect(Math.abs(aside)).toBeLessThanOrEqual(2 * Math.max(target.width, target.height));
      }),
      runs,
    );
  });

  it('takes the nearest even length where it cuts, so that chroma is not shifted', () => {
    fc.assert(
      fc.property(sources, tiles, (source, target) => {
        const { width, height } = cropOf(source, target, 'cover').from;
        const expectNearest = (length: number, ideal: number) => {
          expect(length % 2).toBe(0);
          if (length > 2) expect(Math.abs(length - ideal)).toBeLessThanOrEqual(1 + 1e-6);
        };
        if (width < source.width) expectNearest(width, (height * target.width) / target.height);
        if (height < source.height) expectNearest(height, (width * target.height) / target.width);
      }),
      runs,
    );
  });

  it('cuts as much on the left as on the right, and no less below than above', () => {
    fc.assert(
      fc.property(sources, tiles, (source, target) => {
        const { x, y, width, height } = cropOf(source, target, 'cover').from;
        expect(Math.abs(source.width - width - 2 * x)).toBeLessThanOrEqual(3);
        expect(y).toBeLessThanOrEqual(source.height - height - y);
      }),
      runs,
    );
  });
});

describe('contain', () => {
  it.each([
    ['16:9 everywhere', '1920x1080', { x: 0, y: 0, width: 320, height: 180 }],
    ['4:3 between bars left and right', '640x480', { x: 40, y: 0, width: 240, height: 180 }],
    ['21:9 between bars above and below', '2560x1080', { x: 0, y: 22, width: 320, height: 136 }],
    ['9:16 in the middle', '720x1280', { x: 108, y: 0, width: 102, height: 180 }],
    ['the only pixel as a square', '1x1', { x: 70, y: 0, width: 180, height: 180 }],
  ])('puts %s', (_, source, to) => {
    const whole = size(source);
    expect(cropOf(whole, tile, 'contain')).toEqual({ from: { x: 0, y: 0, ...whole }, to });
  });

  it('shows all of any source inside the tile, at even places, in its own shape within rounding', () => {
    fc.assert(
      fc.property(sources, tiles, (source, target) => {
        const { from, to } = cropOf(source, target, 'contain');
        expect(from).toEqual({ x: 0, y: 0, ...source });
        for (const value of [to.x, to.y, to.width, to.height]) expect(value % 2).toBe(0);
        expect(Math.min(to.x, to.y)).toBeGreaterThanOrEqual(0);
        expect(Math.min(to.width, to.height)).toBeGreaterThanOrEqual(2);
        expect(to.x + to.width).toBeLessThanOrEqual(target.width);
        expect(to.y + to.height).toBeLessThanOrEqual(target.height);
        expect(to.width === target.width || to.height === target.height).toBe(true);
        const aside = to.width * source.height - to.height * source.width;
        expect(Math.abs(aside)).toBeLessThanOrEqual(2 * Math.max(source.width, source.height));
      }),
      runs,
    );
  });
});
