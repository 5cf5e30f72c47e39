import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layout } from '../../../mixer/compositor/layout.ts';
import type { Layout } from '../../../mixer/compositor/layout-types.ts';

/** A grid of so many on a canvas like `1280x720`. */
function grid(count: number, canvas = '1280x720'): Layout {
  const [width, height] = canvas.split('x').map(Number);
  const members = Array.from({ length: count }, (_, index) => ({ id: `p${index}`, screen: false }));
  const choice = { pinned: null, speaker: null, page: 0 };
  return layout(members, 'grid', { width: width!, height: height! }, choice);
}

/** How many tiles there are in each row, the overflow's included. */
function rowsOf({ tiles, overflow }: Layout): number[] {
  const all = overflow === null ? tiles : [...tiles, overflow];
  return [...new Set(all.map(({ y }) => y))].map((y) => all.filter((t) => t.y === y).length);
}

describe('grid', () => {
  it('is empty without members', () => {
    expect(grid(0)).toEqual({ tiles: [], overflow: null });
  });

  it('lets one alone fill the canvas', () => {
    expect(grid(1).tiles).toEqual([
      { id: 'p0', x: 0, y: 0, width: 1280, height: 720, fit: 'cover' },
    ]);
  });

  it('puts two side by side in 16:9, in the middle', () => {
    const [a, b] = grid(2).tiles;
    expect(a).toMatchObject({ x: 8, width: 628, height: 354 });
    expect(b).toMatchObject({ x: 644, y: a!.y, width: 628, height: 354 });
    expect(Math.abs(a!.y - (720 - a!.y - a!.height))).toBeLessThanOrEqual(2);
  });

  it.each([
    ['three on 720p are two above one', 3, '1280x720', [2, 1]],
    ['four on 720p are two by two', 4, '1280x720', [2, 2]],
    ['five on 720p are three above two', 5, '1280x720', [3, 2]],
    ['seven on 720p are three, three and one', 7, '1280x720', [3, 3, 1]],
    ['nine on 720p are three by three', 9, '1280x720', [3, 3, 3]],
    ['ten on 720p are in rows of four', 10, '1280x720', [4, 4, 2]],
    ['sixteen on 720p are four by four', 16, '1280x720', [4, 4, 4, 4]],
    ['twenty-five on 720p are five by five', 25, '1280x720', [5, 5, 5, 5, 5]],
    ['forty-nine on 720p are seven by seven', 49, '1280x720', [7, 7, 7, 7, 7, 7, 7]],
    ['two on an upright phone are one above the other', 2, '720x1280', [1, 1]],
    ['three on an upright phone are one above the other', 3, '720x1280', [1, 1, 1]],
    ['five on an upright phone are in rows of two', 5, '720x1280', [2, 2, 1]],
    ['eight on an upright phone are two by four', 8, '720x1280', [2, 2, 2, 2]],
    ['three on a square are two above one', 3, '720x720', [2, 1]],
    ['four on a square are two by two', 4, '720x720', [2, 2]],
    ['nine on a square are three by three', 9, '720x720', [3, 3, 3]],
    ['two on 21:9 are side by side', 2, '1680x720', [2]],
    ['five on 21:9 are three above two', 5, '1680x720', [3, 2]],
    [
      'nine on 21:9 are three by three, though four in a row were as high',
      9,
      '1680x720',
      [3, 3, 3],
    ],
    ['four on a wide strip are in one row', 4, '2880x720', [4]],
    ['four on a tall strip are in one column', 4, '720x2880', [1, 1, 1, 1]],
  ])('%s', (_, count, canvas, rows) => {
    expect(rowsOf(grid(count, canvas))).toEqual(rows);
  });

  it('centres all of it, and a short last row', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 60 }),
        fc.constantFrom('1280x720', '720x1280', '720x720', '1680x720', '640x360'),
        (count, canvas) => {
          const { tiles, overflow } = grid(count, canvas);
          const all = overflow === null ? tiles : [...tiles, overflow];
          const [width, height] = canvas.split('x').map(Number);
          for (const y of new Set(all.map((tile) => tile.y))) {
            const row = all.filter((tile) => tile.y === y);
            const right = width! - row.at(-1)!.x - row.at(-1)!.width;
            expect(Math.abs(row[0]!.x - right)).toBeLessThanOrEqual(2);
          }
          const bottom = height! - all.at(-1)!.y - all.at(-1)!.height;
          expect(Math.abs(all[0]!.y - bottom)).toBeLessThanOrEqual(2);
        },
      ),
    );
  });

  it('has equal tiles of 16:9 on wide canvases, within the rounding to even sides', () => {
    for (const canvas of ['1280x720', '1920x1080', '1680x720', '2880x720', '854x480']) {
      for (let count = 2; count <= 60; count += 1) {
        const { tiles } = grid(count, canvas);
        const { width, height } = tiles[0]!;
        for (const tile of tiles) expect(tile).toMatchObject({ width, height });
        expect(Math.abs((width * 9) / 16 - height)).toBeLessThanOrEqual(2);
      }
    }
  });

  it('has equal tiles between 4:3 and 16:9 on others', () => {
    for (const canvas of ['720x1280', '720x720', '960x720', '1280x800', '720x2880']) {
      for (let count = 2; count <= 60; count += 1) {
        const { tiles } = grid(count, canvas);
        const { width, height } = tiles[0]!;
        for (const tile of tiles) expect(tile).toMatchObject({ width, height });
        expect(height).toBeLessThanOrEqual((width * 3) / 4);
        expect(height).toBeGreaterThanOrEqual((width * 9) / 16 - 2);
      }
    }
  });

  it('gives two on an upright phone 4:3, because they get a third higher so', () => {
    const [a, b] = grid(2, '720x1280').tiles;
    expect(a).toMatchObject({ x: 8, width: 704, height: 528 });
    expect(b).toMatchObject({ x: 8, width: 704, height: 528 });
  });

  it('leaves twelve on an upright phone 16:9, because they would get hardly higher', () => {
    const { tiles } = grid(12, '720x1280');
    for (const tile of tiles) expect(tile).toMatchObject({ width: 348, height: 196 });
  });

  it('counts who is beyond 49 on 720p in the last place', () => {
    const { tiles, overflow } = grid(60);
    const { width, height } = tiles[0]!;
    expect(tiles.length).toBe(48);
    expect(overflow).toMatchObject({ count: 12, width, height });
    expect(overflow!.y).toBe(tiles.at(-1)!.y);
    expect(overflow!.x).toBeGreaterThan(tiles.at(-1)!.x);
  });

  it('has places for more where there is room for them', () => {
    expect(grid(60, '1920x1080').overflow).toBeNull();
  });

  it('looks the same on half the canvas', () => {
    for (let count = 1; count <= 16; count += 1) {
      expect(rowsOf(grid(count, '640x360'))).toEqual(rowsOf(grid(count)));
    }
  });
});
