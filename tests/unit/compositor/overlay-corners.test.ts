import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Planes } from '../../../mixer/compositor/canvas.ts';
import type { Rectangle } from '../../../mixer/compositor/geometry.ts';
import { restoreCorners, saveCorners } from '../../../mixer/compositor/overlay/corners.ts';
import { radiusOf } from '../../../mixer/compositor/overlay/metrics.ts';
import { bytesOf, noise, planesOf } from './overlays.ts';

const size = { width: 64, height: 48 };
const bytes = (size.width * size.height * 3) / 2;
const background = fc.nat().map((seed) => noise(bytes, seed));
const tile: Rectangle = { x: 6, y: 4, width: 40, height: 36 };

function fill(planes: Planes, { x, y, width, height }: Rectangle, value: number): void {
  planes.forEach(({ data, stride }, plane) => {
    const unit = plane === 0 ? 1 : 2;
    for (let row = y / unit; row < (y + height) / unit; row += 1) {
      const start = row * stride + x / unit;
      data.fill(value, start, start + width / unit);
    }
  });
}

describe('rounded corners', () => {
  it('show what was there before, whatever it was, and nothing else changes', () => {
    fc.assert(
      fc.property(background, fc.constantFrom(0, 2, 4, 6, 12, 16), (below, radius) => {
        const planes = planesOf(size, below);
        const patches = saveCorners(planes, tile, radius);
        fill(planes, tile, 200);
        restoreCorners(planes, tile, patches);
        const [luma] = planes;
        const wrong = luma.data.filter((value, at) => {
          const [x, y] = [(at % size.width) - tile.x, Math.floor(at / size.width) - tile.y];
          const before = below[at]!;
          if (x < 0 || y < 0 || x >= tile.width || y >= tile.height) return value !== before;
          // The distance to the circle, in the corners.
          const dx = Math.max(radius - x - 0.5, x + 0.5 - (tile.width - radius), 0);
          const dy = Math.max(radius - y - 0.5, y + 0.5 - (tile.height - radius), 0);
          const beyond = dx > 0 && dy > 0 ? Math.hypot(dx, dy) - radius : -1;
          if (beyond >= 0.5) return value !== before;
          if (beyond <= -0.5) return value !== 200;
          return value < Math.min(before, 200) || value > Math.max(before, 200);
        });
        expect(wrong.length).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it('are the same at all four corners and in all planes', () => {
    const planes = planesOf(size, new Uint8Array(bytes));
    const patches = saveCorners(planes, tile, 12);
    fill(planes, tile, 255);
    restoreCorners(planes, tile, patches);
    planes.forEach(({ data, stride }, plane) => {
      const unit = plane === 0 ? 1 : 2;
      const [width, height] = [tile.width / unit, tile.height / unit];
      const at = (x: number, y: number) => data[(tile.y / unit + y) * stride + tile.x / unit + x]!;
      let between = 0;
      for (let y = 0; y < 12 / unit; y += 1) {
        for (let x = 0; x < 12 / unit; x += 1) {
          const value = at(x, y);
          expect([at(width - 1 - x, y), at(x, height - 1 - y), at(y, x)]).toEqual(
            Array(3).fill(value),
          );
          if (value > 0 && value < 255) between += 1;
        }
      }
      expect(between).toBeGreaterThan(4);
    });
  });

  it('leave nothing to be seen of a tile that is painted again and again', () => {
    fc.assert(
      fc.property(background, (below) => {
        const planes = planesOf(size, below);
        const patches = saveCorners(planes, tile, 12);
        fill(planes, tile, 40);
        restoreCorners(planes, tile, patches);
        const once = bytesOf(planes);
        for (const value of [250, 90, 40]) {
          fill(planes, tile, value);
          restoreCorners(planes, tile, patches);
        }
        expect(bytesOf(planes)).toEqual(once);
      }),
      { numRuns: 20 },
    );
  });

  it('take the memory of patches of the same radius', () => {
    const planes = planesOf(size, new Uint8Array(bytes).fill(9));
    const patches = saveCorners(planes, tile, 4);
    fill(planes, tile, 70);
    expect(saveCorners(planes, tile, 4, patches)).toBe(patches);
    expect(patches.data.every((value) => value === 70)).toBe(true);
    expect(saveCorners(planes, tile, 6, patches)).not.toBe(patches);
  });
});

describe('the radius of corners', () => {
  const canvas = { width: 1280, height: 720 };

  it.each([
    [{ width: 628, height: 352 }, 12],
    [{ width: 416, height: 234 }, 12],
    [{ width: 172, height: 96 }, 6],
    [{ width: 40, height: 24 }, 2],
    [canvas, 0],
  ])('of a tile of %j is %i', (of, radius) => {
    expect(radiusOf(of, canvas)).toBe(radius);
  });

  it('grows with the canvas, is even, and fits the tile twice', () => {
    expect(radiusOf({ width: 900, height: 500 }, { width: 1920, height: 1080 })).toBe(18);
    const side = fc.integer({ min: 1, max: 700 }).map((half) => half * 2);
    fc.assert(
      fc.property(side, side, side, side, (width, height, across, along) => {
        const radius = radiusOf({ width, height }, { width: across, height: along });
        expect(radius % 2).toBe(0);
        expect(radius * 2).toBeLessThanOrEqual(Math.min(width, height));
      }),
    );
  });
});
