import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlaps, type Rectangle, type Size } from '../../../mixer/compositor/geometry.ts';
import { layout, resolveMode } from '../../../mixer/compositor/layout.ts';
import type { LayoutMember, LayoutMode } from '../../../mixer/compositor/layout-types.ts';

const hd: Size = { width: 1280, height: 720 };
const nobody = { pinned: null, speaker: null };
const modes: readonly LayoutMode[] = ['grid', 'speaker', 'presentation', 'pip', 'single'];

function members(count: number, screens: readonly number[] = []): LayoutMember[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `p${String(index)}`,
    screen: screens.includes(index),
  }));
}

const canvases = fc
  .tuple(fc.integer({ min: 80, max: 1920 }), fc.integer({ min: 80, max: 1920 }))
  .map(([width, height]) => ({ width: width * 2, height: height * 2 }));

const scenes = fc.record({
  people: fc
    .array(fc.boolean(), { maxLength: 49 })
    .map((screens) => screens.map((screen, index) => ({ id: `p${String(index)}`, screen }))),
  mode: fc.constantFrom(...modes),
  canvas: fc.oneof(fc.constant(hd), canvases),
  choice: fc.record({
    pinned: fc.option(fc.integer({ min: 0, max: 60 }).map((n) => `p${String(n)}`)),
    speaker: fc.option(fc.integer({ min: 0, max: 60 }).map((n) => `p${String(n)}`)),
  }),
});

describe('every layout', () => {
  it('has even rectangles inside the canvas that do not overlap, pip aside', () => {
    fc.assert(
      fc.property(scenes, ({ people, mode, canvas, choice }) => {
        const { tiles, overflow } = layout(people, mode, canvas, choice);
        const all: Rectangle[] = overflow === null ? [...tiles] : [...tiles, overflow];
        for (const { x, y, width, height } of all) {
          for (const value of [x, y, width, height]) expect(Math.abs(value % 2)).toBe(0);
          expect(Math.min(width, height)).toBeGreaterThanOrEqual(2);
          expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
          expect(x + width).toBeLessThanOrEqual(canvas.width);
          expect(y + height).toBeLessThanOrEqual(canvas.height);
        }
        const apart = mode === 'pip' ? all.slice(1) : all;
        apart.forEach((a, index) => {
          for (const b of apart.slice(index + 1)) expect(overlaps(a, b)).toBe(false);
        });
      }),
      { numRuns: 600 },
    );
  });

  it('shows or counts everybody once, in join order but for the large tile', () => {
    fc.assert(
      fc.property(scenes, ({ people, mode, canvas, choice }) => {
        const { tiles, overflow } = layout(people, mode, canvas, choice);
        const ids = tiles.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        if (mode === 'single') expect(ids.length).toBe(Math.min(1, people.length));
        else expect(ids.length + (overflow?.count ?? 0)).toBe(people.length);
        const ordered = mode === 'grid' ? ids : ids.slice(1);
        const positions = ordered.map((id) => people.findIndex((person) => person.id === id));
        expect(positions).toEqual([...positions].sort((a, b) => a - b));
        for (const tile of tiles) {
          const screen = people.find(({ id }) => id === tile.id)?.screen;
          expect(tile.fit).toBe(screen === true ? 'contain' : 'cover');
        }
      }),
    );
  });
});

describe('grid', () => {
  it('lets one alone fill the canvas', () => {
    expect(layout(members(1), 'grid', hd, nobody).tiles).toEqual([
      { id: 'p0', x: 0, y: 0, width: 1280, height: 720, fit: 'cover' },
    ]);
  });

  it('puts two side by side in 16:9, in the middle', () => {
    const [a, b] = layout(members(2), 'grid', hd, nobody).tiles;
    expect(a).toMatchObject({ x: 8, width: 628, height: 354 });
    expect(b).toMatchObject({ x: 644, y: a!.y, width: 628, height: 354 });
    expect(Math.abs(a!.y - (720 - a!.y - a!.height))).toBeLessThanOrEqual(2);
  });

  it.each([
    [3, [2, 1]],
    [4, [2, 2]],
    [5, [3, 2]],
    [7, [3, 3, 1]],
    [9, [3, 3, 3]],
    [10, [4, 4, 2]],
    [16, [4, 4, 4, 4]],
    [25, [5, 5, 5, 5, 5]],
  ])('arranges %i as rows of %j, the last one centred', (count, expected) => {
    const { tiles } = layout(members(count), 'grid', hd, nobody);
    const rows = [...new Set(tiles.map(({ y }) => y))].map((y) => tiles.filter((t) => t.y === y));
    expect(rows.map((row) => row.length)).toEqual(expected);
    for (const row of rows) {
      const left = row[0]!.x;
      const right = 1280 - row.at(-1)!.x - row.at(-1)!.width;
      expect(Math.abs(left - right)).toBeLessThanOrEqual(2);
    }
  });

  it('keeps tiles equal and 16:9 within the rounding to even sides, from 2 to 49', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 49 }), canvases, (count, canvas) => {
        const { tiles } = layout(members(count), 'grid', canvas, nobody);
        const { width, height } = tiles[0]!;
        for (const tile of tiles) expect(tile).toMatchObject({ width, height });
        expect(Math.abs((width * 9) / 16 - height)).toBeLessThanOrEqual(2);
      }),
    );
  });

  it('chooses the columns that make tiles largest', () => {
    // On a wide strip everybody is in one row, on a tall one in one column.
    const wide = layout(members(4), 'grid', { width: 3000, height: 200 }, nobody).tiles;
    expect(new Set(wide.map(({ y }) => y)).size).toBe(1);
    const tall = layout(members(4), 'grid', { width: 200, height: 3000 }, nobody).tiles;
    expect(new Set(tall.map(({ x }) => x)).size).toBe(1);
  });

  it('counts who is beyond 49 in the last cell', () => {
    const { tiles, overflow } = layout(members(60), 'grid', hd, nobody);
    expect(tiles.length).toBe(48);
    expect(overflow).toMatchObject({ count: 12, width: tiles[0]!.width });
  });
});

describe('modes with a large tile', () => {
  it('give it to the pinned, else the speaker, else the first', () => {
    const large = (pinned: string | null, speaker: string | null) =>
      layout(members(4), 'speaker', hd, { pinned, speaker }).tiles[0]!.id;
    expect(large('p2', 'p1')).toBe('p2');
    expect(large(null, 'p1')).toBe('p1');
    expect(large('gone', 'p1')).toBe('p1');
    expect(large(null, null)).toBe('p0');
  });

  it('count in the last cell of the strip whom it has no place for', () => {
    const { tiles, overflow } = layout(members(12), 'speaker', hd, nobody);
    expect(tiles.length).toBe(4);
    expect(overflow).toMatchObject({ count: 8 });
  });

  it('show a screen in presentation, whoever is pinned or speaks', () => {
    const choice = { pinned: 'p0', speaker: 'p1' };
    const [large] = layout(members(4, [2]), 'presentation', hd, choice).tiles;
    expect(large).toMatchObject({ id: 'p2', fit: 'contain' });
  });

  it('show the pinned one of two screens', () => {
    const choice = { pinned: 'p3', speaker: null };
    expect(layout(members(4, [2, 3]), 'presentation', hd, choice).tiles[0]!.id).toBe('p3');
  });
});

describe('auto', () => {
  it('is presentation while somebody shares a screen, else grid', () => {
    expect(resolveMode('auto', members(3))).toBe('grid');
    expect(resolveMode('auto', members(3, [1]))).toBe('presentation');
    expect(resolveMode('pip', members(3, [1]))).toBe('pip');
  });
});
