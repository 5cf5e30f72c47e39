import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlaps } from '../../../mixer/compositor/geometry.ts';
import { layout } from '../../../mixer/compositor/layout.ts';
import { scaledLayout } from '../../../mixer/compositor/layout-scaled.ts';
import type { LayoutMode } from '../../../mixer/compositor/layout-types.ts';
import { rungPlan, videoRungNames } from '../../../mixer/encode/rung-table.ts';

const hd = { width: 1280, height: 720 };
const choice = { pinned: null, speaker: null, page: 0 };
const people = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `p${index}`, screen: index === 3 }));

describe('a layout on a smaller canvas', () => {
  it('is the same layout where the canvas is', () => {
    const large = layout(people(5), 'grid', hd, choice);
    expect(scaledLayout(large, hd, { ...hd })).toBe(large);
  });

  it('has everybody where they are on the large one', () => {
    const large = layout(people(9), 'grid', hd, choice);
    const { tiles } = scaledLayout(large, hd, { width: 640, height: 360 });
    large.tiles.forEach((tile, index) => {
      const { x, y, width, height, ...rest } = tiles[index]!;
      expect(rest).toEqual({ id: tile.id, fit: tile.fit });
      expect(Math.abs(x - tile.x / 2)).toBeLessThanOrEqual(1);
      expect(Math.abs(y - tile.y / 2)).toBeLessThanOrEqual(1);
      expect(Math.abs(width - tile.width / 2)).toBeLessThanOrEqual(2);
      expect(Math.abs(height - tile.height / 2)).toBeLessThanOrEqual(2);
    });
  });

  it('has the same gap everywhere, on the usual canvas', () => {
    for (const [scale, gap] of [
      [2, 4],
      [4, 2],
    ] as const) {
      const small = { width: 1280 / scale, height: 720 / scale };
      const { tiles } = scaledLayout(layout(people(9), 'grid', hd, choice), hd, small);
      const [first, second, , fourth] = tiles;
      expect(second!.x - first!.x - first!.width).toBe(gap);
      expect(fourth!.y - first!.y - first!.height).toBe(gap);
    }
  });

  it('stays inside, even, in line and without overlaps, for any canvas, rung, mode and number', () => {
    const side = (least: number, most: number) =>
      fc.integer({ min: least / 2, max: most / 2 }).map((half) => 2 * half);
    const canvas = fc.record({ width: side(160, 3840), height: side(90, 2160) });
    const mode = fc.constantFrom<LayoutMode>('grid', 'speaker', 'presentation', 'pip', 'single');
    let compared = 0;
    fc.assert(
      fc.property(
        canvas,
        mode,
        fc.integer({ min: 1, max: 49 }),
        fc.constantFrom(...videoRungNames),
        (size, chosen, count, rung) => {
          const video = rungPlan(rung, { ...size, fps: 25 }).video!;
          const small = { width: video.width, height: video.height };
          const large = layout(people(count), chosen, size, choice);
          const { tiles, overflow } = scaledLayout(large, size, small);
          const all = [...tiles, ...(overflow ? [overflow] : [])];
          const before = [...large.tiles, ...(large.overflow ? [large.overflow] : [])];
          expect(all.length).toBe(before.length);
          all.forEach(({ x, y, width, height }) => {
            expect([x % 2, y % 2, width % 2, height % 2]).toEqual([0, 0, 0, 0]);
            expect(Math.min(x, y, width - 2, height - 2)).toBeGreaterThanOrEqual(0);
            expect(Math.max(x + width - small.width, y + height - small.height)).toBeLessThan(1);
          });
          // All pairs, so not one assertion each.
          const wrong = all.flatMap((tile, index) =>
            all.slice(0, index).filter((other, at) => {
              compared += 1;
              const [first, second] = [before[index]!, before[at]!];
              return (
                (overlaps(tile, other) && !overlaps(first, second)) ||
                (tile.x !== other.x && first.x === second.x) ||
                (tile.y !== other.y && first.y === second.y)
              );
            }),
          );
          expect(wrong).toEqual([]);
          if (before[0]!.width === size.width && before[0]!.height === size.height) {
            expect(all[0]).toMatchObject({ x: 0, y: 0, ...small });
          }
        },
      ),
      { numRuns: 200 },
    );
    expect(compared).toBeGreaterThan(1000);
  });
});
