import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cropOf } from '../../../mixer/compositor/crop.ts';
import type { Rectangle, Size } from '../../../mixer/compositor/geometry.ts';
import { layout, type LayoutMode } from '../../../mixer/compositor/index.ts';
import { scaledLayout } from '../../../mixer/compositor/layout-scaled.ts';
import {
  leastLegible,
  leastLegibleScaled,
  metricsOf,
} from '../../../mixer/compositor/overlay/metrics.ts';
import { boxOf, clipAround, coverPosition, scaledTile, zoomOn } from '../../../web/lib/picture.ts';
import { tileLook } from '../../../web/lib/tile-look.ts';

const evenLength = (min: number, max: number) =>
  fc.integer({ min: min / 2, max: max / 2 }).map((half) => 2 * half);
const anyCanvas: fc.Arbitrary<Size> = fc.record({
  width: evenLength(320, 2560),
  height: evenLength(320, 2560),
});
const modes: readonly LayoutMode[] = ['grid', 'speaker', 'presentation', 'pip', 'single'];

/** Tiles as a server arranges them. */
const anyTiles = fc
  .record({
    canvas: anyCanvas,
    mode: fc.constantFrom(...modes),
    count: fc.integer({ min: 1, max: 60 }),
    sharing: fc.boolean(),
  })
  .map(({ canvas, mode, count, sharing }) => {
    const members = Array.from({ length: count }, (_, index) => ({
      id: String(index),
      screen: sharing && index === 0,
    }));
    const arranged = layout(members, mode, canvas, { pinned: null, speaker: null, page: 0 });
    return { canvas, arranged };
  });

describe('the control of a tile', () => {
  it('is where the tile is, whatever the shape of the canvas and of the frame it is fitted in', () => {
    const anyFrame = fc.record({
      width: fc.double({ min: 50, max: 4000, noNaN: true }),
      height: fc.double({ min: 50, max: 4000, noNaN: true }),
    });
    fc.assert(
      fc.property(anyTiles, anyFrame, ({ canvas, arranged }, frame) => {
        // As browsers fit a video: `object-fit: contain`.
        const scale = Math.min(frame.width / canvas.width, frame.height / canvas.height);
        const [left, top] = [
          (frame.width - canvas.width * scale) / 2,
          (frame.height - canvas.height * scale) / 2,
        ];
        const ratio = canvas.width / canvas.height;
        // As the style sheet makes the picture's box.
        const width = Math.min(frame.width, frame.height * ratio);
        const height = width / ratio;
        for (const tile of [...arranged.tiles, ...(arranged.overflow ? [arranged.overflow] : [])]) {
          const box = boxOf(tile, canvas);
          const x = (frame.width - width) / 2 + (box.left * width) / 100;
          const y = (frame.height - height) / 2 + (box.top * height) / 100;
          expect(x).toBeCloseTo(left + tile.x * scale, 6);
          expect(y).toBeCloseTo(top + tile.y * scale, 6);
          expect((box.width * width) / 100).toBeCloseTo(tile.width * scale, 6);
          expect((box.height * height) / 100).toBeCloseTo(tile.height * scale, 6);
        }
      }),
    );
  });

  it('zooms so that all of the tile is seen, as large as it can be, and nothing beside the picture', () => {
    fc.assert(
      fc.property(anyTiles, ({ canvas, arranged }) => {
        for (const tile of arranged.tiles) {
          const box = boxOf(tile, canvas);
          const { scale, left, top } = zoomOn(box);
          const x = left + scale * box.left;
          const y = top + scale * box.top;
          expect(Math.max(scale * box.width, scale * box.height)).toBeCloseTo(100, 6);
          for (const [start, length] of [
            [x, scale * box.width],
            [y, scale * box.height],
          ] as const) {
            expect(start).toBeGreaterThanOrEqual(-1e-6);
            expect(start + length).toBeLessThanOrEqual(100 + 1e-6);
          }
          for (const start of [left, top]) {
            expect(start).toBeLessThanOrEqual(0);
            expect(start + 100 * scale).toBeGreaterThanOrEqual(100 - 1e-6);
          }
        }
      }),
    );
  });
});

describe('what is drawn over one’s own tile', () => {
  it('is where the compositor draws the tile in a smaller picture, and written on alike', () => {
    fc.assert(
      fc.property(anyTiles, fc.constantFrom(1, 2, 4), ({ canvas, arranged }, divisor) => {
        const even = (length: number): number => 2 * Math.round(length / divisor / 2);
        const picture = { width: even(canvas.width), height: even(canvas.height) };
        const scaled = scaledLayout(arranged, canvas, picture);
        const isScaled = divisor > 1;
        arranged.tiles.forEach((tile, index) => {
          const { x, y, width, height } = scaled.tiles[index]!;
          expect(scaledTile(pick(tile), canvas, picture)).toEqual({ x, y, width, height });
          const metrics = metricsOf(
            { width, height },
            picture,
            isScaled ? leastLegibleScaled : leastLegible,
          );
          expect(tileLook({ width, height }, picture, isScaled)).toEqual(metrics);
        });
      }),
    );
  });

  it('shows the part of the camera that the compositor shows', () => {
    const side = fc.integer({ min: 90, max: 2000 });
    const source = fc.record({ width: side, height: side });
    const tile = fc.record({ width: evenLength(40, 1280), height: evenLength(40, 1280) });
    fc.assert(
      fc.property(source, tile, (source, tile) => {
        const { from } = cropOf(source, tile, 'cover');
        const scale = Math.max(tile.width / source.width, tile.height / source.height);
        // What `object-fit: cover` with this `object-position` leaves out above.
        const cut = source.height - tile.height / scale;
        const above = (cut * coverPosition(source, tile)) / 100;
        // Both sides of the part are even in the compositor.
        expect(Math.abs(above - from.y)).toBeLessThanOrEqual(4);
      }),
    );
  });

  it('leaves out what lies on top of the tile, and nothing else', () => {
    const own = { x: 100, y: 50, width: 200, height: 100 };
    expect(clipAround(own, [{ x: 300, y: 50, width: 200, height: 100 }])).toBeNull();
    const inside = { x: 250, y: 125, width: 100, height: 100 };
    const clip = clipAround(own, [inside]);
    expect(clip).toMatch(/^polygon\(evenodd, /);
    const corners = Array.from(clip!.matchAll(/(-?[\d.]+)% (-?[\d.]+)%/g), ([, x, y]) => ({
      x: own.x + (Number(x) * own.width) / 100,
      y: own.y + (Number(y) * own.height) / 100,
    }));
    fc.assert(
      fc.property(
        fc.double({ min: 100.5, max: 299.5, noNaN: true }),
        fc.double({ min: 50.5, max: 149.5, noNaN: true }),
        (x, y) => {
          fc.pre(Math.abs(x - inside.x) > 1e-3 && Math.abs(y - inside.y) > 1e-3);
          const covered = x > inside.x && y > inside.y;
          expect(isInside({ x, y }, corners)).toBe(!covered);
        },
      ),
    );
  });
});

const pick = ({ x, y, width, height }: Rectangle): Rectangle => ({ x, y, width, height });

/** The even-odd rule: whether a ray to the right crosses an odd number of edges. */
function isInside(
  { x, y }: { x: number; y: number },
  corners: readonly { x: number; y: number }[],
): boolean {
  return (
    corners.filter((a, index) => {
      const b = corners[(index + 1) % corners.length]!;
      return a.y > y !== b.y > y && x < a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x);
    }).length %
      2 ===
    1
  );
}
