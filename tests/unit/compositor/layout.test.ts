import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlaps, type Rectangle, type Size } from '../../../mixer/compositor/geometry.ts';
import { layout, pagesOf, resolveMode } from '../../../mixer/compositor/layout.ts';
import type {
  Layout,
  LayoutChoice,
  LayoutMember,
  LayoutMode,
} from '../../../mixer/compositor/layout-types.ts';

const modes: readonly LayoutMode[] = ['grid', 'speaker', 'presentation', 'pip', 'single'];
const nobody: LayoutChoice = { pinned: null, speaker: null, page: 0 };
const runs = { numRuns: 500 };

function named(screens: readonly boolean[]): LayoutMember[] {
  return screens.map((screen, index) => ({ id: `p${index}`, screen }));
}

function members(count: number, ...screens: readonly number[]): LayoutMember[] {
  return named(Array.from({ length: count }, (_, index) => screens.includes(index)));
}

/** All even canvases from 16x16 to 8192x8192 between 1:4 and 4:1, small ones as often as large ones. */
const canvases = fc.oneof(
  fc.constantFrom<Size>(
    { width: 1280, height: 720 },
    { width: 720, height: 1280 },
    { width: 720, height: 720 },
    { width: 1680, height: 720 },
  ),
  fc
    .tuple(fc.double({ min: 4, max: 13, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true }))
    .map(([size, slant]): Size => {
      const side = (log2: number) => 2 * Math.round(Math.min(8192, Math.max(16, 2 ** log2)) / 2);
      return { width: side(size + slant), height: side(size - slant) };
    }),
);

/** Up to 60 people, in half of the scenes with one or two screens among them. */
const people = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.array(fc.nat(59), { maxLength: 2 }), fc.boolean())
  .map(([count, screens, shared]) => members(count, ...(shared ? screens : [])));

const anybody = fc.option(fc.nat(70).map((index) => `p${index}`));
const choices: fc.Arbitrary<LayoutChoice> = fc.record({
  pinned: anybody,
  speaker: anybody,
  page: fc.nat(40),
});

const scenes = fc.record({
  people,
  mode: fc.constantFrom(...modes),
  canvas: canvases,
  choice: choices,
});

const stripScenes = fc.record({
  people: people.filter(({ length }) => length > 0),
  mode: fc.constantFrom<LayoutMode>('speaker', 'presentation'),
  canvas: canvases,
  choice: choices,
});

const rectangle = ({ x, y, width, height }: Rectangle): Rectangle => ({ x, y, width, height });

/** The rectangles of all, the overflow last. */
function rectangles({ tiles, overflow }: Layout): Rectangle[] {
  return (overflow === null ? tiles : [...tiles, overflow]).map(rectangle);
}

function placesById({ tiles }: Layout): Map<string, Rectangle> {
  return new Map(tiles.map((tile) => [tile.id, rectangle(tile)]));
}

/** How many columns and rows can be seen, and how many cells there are in the last row. */
function arrangementOf(cells: readonly Rectangle[]): {
  columns: number;
  rows: number;
  last: number;
} {
  const rows = [...new Set(cells.map(({ y }) => y))].map(
    (y) => cells.filter((cell) => cell.y === y).length,
  );
  return { columns: Math.max(...rows), rows: rows.length, last: rows.at(-1)! };
}

describe('every layout', () => {
  it('has even rectangles inside the canvas that do not overlap, pip aside', () => {
    fc.assert(
      fc.property(scenes, ({ people, mode, canvas, choice }) => {
        const all = rectangles(layout(people, mode, canvas, choice));
        for (const { x, y, width, height } of all) {
          expect([x, y, width, height].map((value) => Math.abs(value % 2))).toEqual([0, 0, 0, 0]);
          expect(Math.min(width, height)).toBeGreaterThanOrEqual(2);
          expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
          expect(x + width).toBeLessThanOrEqual(canvas.width);
          expect(y + height).toBeLessThanOrEqual(canvas.height);
        }
        const apart = mode === 'pip' ? all.slice(1) : all;
        const clashes = apart.filter((a, at) => apart.slice(at + 1).some((b) => overlaps(a, b)));
        expect(clashes).toEqual([]);
      }),
      runs,
    );
  });

  it('shows or counts everybody once, in join order but for the large tile', () => {
    fc.assert(
      fc.property(scenes, ({ people, mode, canvas, choice }) => {
        const { tiles, overflow } = layout(people, mode, canvas, choice);
        const ids = tiles.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        if (mode === 'single') {
          expect(ids.length).toBe(Math.min(1, people.length));
          expect(overflow).toBeNull();
        } else {
          expect(overflow?.count ?? 1).toBeGreaterThan(0);
          expect(ids.length + (overflow?.count ?? 0)).toBe(people.length);
        }
        const ordered = mode === 'grid' ? ids : ids.slice(1);
        const positions = ordered.map((id) => people.findIndex((person) => person.id === id));
        expect(positions).toEqual([...positions].sort((a, b) => a - b));
      }),
      runs,
    );
  });

  it('crops cameras and fits screens', () => {
    fc.assert(
      fc.property(scenes, ({ people, mode, canvas, choice }) => {
        for (const { id, fit } of layout(people, mode, canvas, choice).tiles) {
          const { screen } = people.find((person) => person.id === id)!;
          expect(fit).toBe(screen ? 'contain' : 'cover');
        }
      }),
      runs,
    );
  });

  it('has no tile under 160x90 on a canvas of at least 720 pixels either way', () => {
    const roomy = canvases.filter(({ width, height }) => Math.min(width, height) >= 720);
    fc.assert(
      fc.property(scenes, roomy, ({ people, mode, choice }, canvas) => {
        for (const { width, height } of layout(people, mode, canvas, choice).tiles) {
          expect(width).toBeGreaterThanOrEqual(160);
          expect(height).toBeGreaterThanOrEqual(90);
        }
      }),
      runs,
    );
  });

  it('shows sixteen in a grid and four in a strip on any canvas', () => {
    fc.assert(
      fc.property(canvases, (canvas) => {
        expect(layout(members(16), 'grid', canvas, nobody).overflow).toBeNull();
        expect(layout(members(5), 'speaker', canvas, nobody).overflow).toBeNull();
      }),
      runs,
    );
  });

  it('covers more than half of the canvas with sixteen in a grid, whatever its shape', () => {
    const visible = canvases.filter(({ width, height }) => Math.min(width, height) >= 180);
    fc.assert(
      fc.property(visible, (canvas) => {
        const { tiles } = layout(members(16), 'grid', canvas, nobody);
        const used = tiles.reduce((sum, { width, height }) => sum + width * height, 0);
        expect(used / (canvas.width * canvas.height)).toBeGreaterThan(0.5);
      }),
      runs,
    );
  });
});

describe('the pages of a strip', () => {
  it('show everybody but the large one on exactly one of them', () => {
    fc.assert(
      fc.property(stripScenes, ({ people, mode, canvas, choice }) => {
        const count = pagesOf(people, mode, canvas, choice);
        const pages = Array.from({ length: count }, (_, page) =>
          layout(people, mode, canvas, { ...choice, page }),
        );
        const [large] = pages[0]!.tiles;
        for (const { tiles } of pages) expect(tiles[0]).toEqual(large);
        const shown = pages.flatMap(({ tiles }) => tiles.slice(1).map(({ id }) => id));
        expect([large!.id, ...shown].sort()).toEqual(people.map(({ id }) => id).sort());
      }),
      runs,
    );
  });

  it('are all full but the last, and have tiles of one size', () => {
    fc.assert(
      fc.property(stripScenes, ({ people, mode, canvas, choice }) => {
        const count = pagesOf(people, mode, canvas, choice);
        const pages = Array.from({ length: count }, (_, page) =>
          rectangles(layout(people, mode, canvas, { ...choice, page })),
        );
        const lengths = pages.map(({ length }) => length);
        expect(new Set(lengths.slice(0, -1)).size).toBeLessThanOrEqual(1);
        expect(lengths.at(-1)).toBeLessThanOrEqual(lengths[0]!);
        if (count > 1) expect(lengths.at(-1)).toBeGreaterThanOrEqual(3);
        const small = pages.flatMap((page) => page.slice(1));
        expect(
          new Set(small.map(({ width, height }) => `${width}x${height}`)).size,
        ).toBeLessThanOrEqual(1);
      }),
      runs,
    );
  });

  it('start anew after the last one', () => {
    fc.assert(
      fc.property(stripScenes, fc.nat(5), ({ people, mode, canvas, choice }, turns) => {
        const page = choice.page + turns * pagesOf(people, mode, canvas, choice);
        expect(layout(people, mode, canvas, { ...choice, page })).toEqual(
          layout(people, mode, canvas, choice),
        );
      }),
      runs,
    );
  });

  it('show who speaks on the first one, and keep the others in order', () => {
    fc.assert(
      fc.property(stripScenes, ({ people, mode, canvas, choice }) => {
        const count = pagesOf(people, mode, canvas, choice);
        const pages = Array.from({ length: count }, (_, page) =>
          layout(people, mode, canvas, { ...choice, page }).tiles.map(({ id }) => id),
        );
        const [large] = pages[0]!;
        if (people.some(({ id }) => id === choice.speaker)) {
          expect(pages[0]).toContain(choice.speaker);
        }
        const rest = (ids: string[]) => ids.filter((id) => id !== large && id !== choice.speaker);
        expect(rest(pages.flat())).toEqual(rest(people.map(({ id }) => id)));
      }),
      runs,
    );
  });

  it('are more than one just where the strip counts somebody', () => {
    fc.assert(
      fc.property(scenes, ({ people, mode, canvas, choice }) => {
        const strip = mode === 'speaker' || mode === 'presentation';
        const { overflow } = layout(people, mode, canvas, choice);
        expect(pagesOf(people, mode, canvas, choice) > 1).toBe(strip && overflow !== null);
      }),
      runs,
    );
  });
});

describe('stability', () => {
  const counts = fc.integer({ min: 2, max: 60 });

  it('a join to a grid whose last row is not full moves only that row', () => {
    fc.assert(
      fc.property(counts, canvases, (count, canvas) => {
        const before = rectangles(layout(members(count), 'grid', canvas, nobody));
        const after = rectangles(layout(members(count + 1), 'grid', canvas, nobody));
        const { columns, rows, last } = arrangementOf(before);
        if (last === columns && before.length < after.length) return;
        expect(arrangementOf(after)).toMatchObject({ columns, rows });
        expect(after.slice(0, before.length - last)).toEqual(before.slice(0, -last));
      }),
      runs,
    );
  });

  it('a leave from a grid moves only those after and the last row, unless columns or rows change', () => {
    fc.assert(
      fc.property(counts, fc.nat(), canvases, (count, random, canvas) => {
        const everybody = members(count + 1);
        const leaver = random % everybody.length;
        const before = layout(everybody, 'grid', canvas, nobody);
        const after = layout(everybody.toSpliced(leaver, 1), 'grid', canvas, nobody);
        const shape = arrangementOf(rectangles(before));
        const { columns, rows } = arrangementOf(rectangles(after));
        if (columns !== shape.columns || rows !== shape.rows) return;
        const still = Math.min(leaver, (rows - 1) * columns);
        expect(after.tiles.slice(0, still)).toEqual(before.tiles.slice(0, still));
      }),
      runs,
    );
  });

  it('a grid never shrinks when somebody leaves, nor grows when somebody joins', () => {
    fc.assert(
      fc.property(counts, canvases, (count, canvas) => {
        const [few] = layout(members(count), 'grid', canvas, nobody).tiles;
        const [many] = layout(members(count + 1), 'grid', canvas, nobody).tiles;
        expect(many!.height).toBeLessThanOrEqual(few!.height);
      }),
      runs,
    );
  });

  it('a join to a strip whose last row is not full moves only that row, and never the large tile', () => {
    fc.assert(
      fc.property(counts, canvases, fc.boolean(), (count, canvas, shared) => {
        const mode = shared ? 'presentation' : 'speaker';
        const of = (size: number) =>
          rectangles(layout(members(size, ...(shared ? [0] : [])), mode, canvas, nobody));
        const [large, ...before] = of(count);
        const [sameLarge, ...after] = of(count + 1);
        expect(sameLarge).toEqual(large);
        const { columns, last } = arrangementOf(before);
        if (last === columns && before.length < after.length) return;
        expect(after.slice(0, before.length - last)).toEqual(before.slice(0, -last));
      }),
      runs,
    );
  });

  it('another speaker moves only the two who change places and those between them', () => {
    fc.assert(
      fc.property(counts, canvases, fc.nat(), fc.nat(), fc.nat(20), (count, canvas, a, b, page) => {
        const everybody = members(count);
        const [from, to] = [a % count, b % count].sort((one, other) => one - other);
        const places = (speaker: number) =>
          placesById(
            layout(everybody, 'speaker', canvas, { ...nobody, speaker: `p${speaker}`, page }),
          );
        const before = places(from!);
        const after = places(to!);
        everybody.forEach(({ id }, index) => {
          if (index < from! || index > to!) expect(after.get(id)).toEqual(before.get(id));
        });
      }),
      runs,
    );
  });

  it('who speaks beside a large tile of somebody else moves nobody if all have a place', () => {
    fc.assert(
      fc.property(stripScenes, anybody, ({ people, mode, canvas, choice }, speaker) => {
        const pinned = choice.pinned ?? 'p0';
        const before = layout(people, mode, canvas, { ...choice, pinned });
        const somebodyLarge = before.tiles[0]!.id === pinned;
        if (before.overflow !== null || !somebodyLarge) return;
        expect(layout(people, mode, canvas, { ...choice, pinned, speaker })).toEqual(before);
      }),
      runs,
    );
  });

  it('a screen that starts or stops elsewhere than in the large tile moves nobody', () => {
    fc.assert(
      fc.property(scenes, fc.nat(), ({ people, mode, canvas, choice }, random) => {
        const before = layout(people, mode, canvas, choice);
        const large = before.tiles[0]?.id;
        const changed = people[random % Math.max(1, people.length)]?.id;
        const after = layout(
          people.map(({ id, screen }) => ({ id, screen: id === changed ? !screen : screen })),
          mode,
          canvas,
          choice,
        );
        if (after.tiles[0]?.id !== large || (changed === large && mode !== 'grid')) return;
        expect(rectangles(after)).toEqual(rectangles(before));
      }),
      runs,
    );
  });

  it('in pip and single a join moves nobody', () => {
    fc.assert(
      fc.property(counts, canvases, fc.constantFrom('pip', 'single'), (count, canvas, mode) => {
        const before = layout(members(count), mode, canvas, nobody);
        const after = layout(members(count + 1), mode, canvas, nobody);
        expect(after.tiles).toEqual(before.tiles);
      }),
      runs,
    );
  });
});

describe('auto', () => {
  it('is presentation while somebody shares a screen, else grid', () => {
    expect(resolveMode('auto', members(3))).toBe('grid');
    expect(resolveMode('auto', members(3, 1))).toBe('presentation');
    expect(resolveMode('pip', members(3, 1))).toBe('pip');
  });
});
