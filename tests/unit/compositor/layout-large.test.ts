import { describe, expect, it } from 'vitest';
import { evenFloor } from '../../../mixer/compositor/geometry.ts';
import { layout, pagesOf } from '../../../mixer/compositor/layout.ts';
import type {
  Layout,
  LayoutChoice,
  LayoutMember,
  LayoutMode,
} from '../../../mixer/compositor/layout-types.ts';

const hd = { width: 1280, height: 720 };
const upright = { width: 720, height: 1280 };
const nobody: LayoutChoice = { pinned: null, speaker: null, page: 0 };

function members(count: number, ...screens: readonly number[]): LayoutMember[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `p${index}`,
    screen: screens.includes(index),
  }));
}

const idsOf = ({ tiles }: Layout): string => tiles.map(({ id }) => id).join(' ');

describe('the large tile', () => {
  it.each(['speaker', 'presentation', 'pip', 'single'] as const)(
    'of %s is of the pinned, else the speaker, else the first',
    (mode) => {
      const large = (pinned: string | null, speaker: string | null) =>
        layout(members(4), mode, hd, { pinned, speaker, page: 0 }).tiles[0]!.id;
      expect(large('p2', 'p1')).toBe('p2');
      expect(large(null, 'p1')).toBe('p1');
      expect(large('gone', 'p1')).toBe('p1');
      expect(large('gone', 'gone')).toBe('p0');
      expect(large(null, null)).toBe('p0');
    },
  );

  it('shows a screen in presentation, whoever is pinned or speaks', () => {
    const choice = { pinned: 'p0', speaker: 'p1', page: 0 };
    const [large] = layout(members(4, 2), 'presentation', hd, choice).tiles;
    expect(large).toMatchObject({ id: 'p2', fit: 'contain' });
  });

  it('shows the pinned one of two screens, else the first', () => {
    const large = (pinned: string | null) =>
      layout(members(4, 1, 3), 'presentation', hd, { ...nobody, pinned }).tiles[0]!.id;
    expect(large('p3')).toBe('p3');
    expect(large('p2')).toBe('p1');
    expect(large(null)).toBe('p1');
  });

  it('fills the canvas for one alone', () => {
    for (const mode of ['speaker', 'presentation', 'pip', 'single'] as const) {
      expect(layout(members(1, 0), mode, hd, nobody)).toEqual({
        tiles: [{ id: 'p0', x: 0, y: 0, ...hd, fit: 'contain' }],
        overflow: null,
      });
    }
  });

  it('is there alone in single', () => {
    const { tiles, overflow } = layout(members(9), 'single', hd, { ...nobody, speaker: 'p4' });
    expect(tiles).toEqual([{ id: 'p4', x: 0, y: 0, ...hd, fit: 'cover' }]);
    expect(overflow).toBeNull();
  });

  it('is absent where nobody is', () => {
    for (const mode of ['speaker', 'presentation', 'pip', 'single'] as const) {
      expect(layout([], mode, hd, nobody)).toEqual({ tiles: [], overflow: null });
      expect(pagesOf([], mode, hd, nobody)).toBe(1);
    }
  });
});

describe('the strip', () => {
  it('is beside the large tile on 720p, from the top, six tiles of 196x110 high', () => {
    const [large, ...strip] = layout(members(7), 'speaker', hd, nobody).tiles;
    expect(large).toMatchObject({ x: 8, y: 8, width: 1060, height: 704 });
    strip.forEach((tile, index) => {
      expect(tile).toMatchObject({ x: 1076, y: 8 + index * 118, width: 196, height: 110 });
    });
    expect(strip.length).toBe(6);
  });

  it('on 720p moves nobody when somebody joins it', () => {
    for (let count = 2; count < 7; count += 1) {
      const before = layout(members(count), 'speaker', hd, nobody).tiles;
      const after = layout(members(count + 1), 'speaker', hd, nobody).tiles;
      expect(after.slice(0, count)).toEqual(before);
    }
  });

  it('is below the large tile on a square, centred', () => {
    const square = { width: 720, height: 720 };
    const [large, ...strip] = layout(members(3), 'speaker', square, nobody).tiles;
    expect(large).toMatchObject({ x: 8, y: 8, width: 704, height: 600 });
    expect(strip.map(({ y }) => y)).toEqual([616, 616]);
    expect(strip[0]!.x).toBe(720 - strip[1]!.x - strip[1]!.width);
  });

  it('is as long as the large tile when it is full, but for the rounding of its tiles', () => {
    for (let width = 400; width <= 1600; width += 2) {
      const canvas = { width, height: evenFloor(0.75 * width) };
      const { tiles, overflow } = layout(members(49), 'speaker', canvas, nobody);
      const [large, first] = tiles;
      const length = overflow!.x + overflow!.width - first!.x;
      expect(large!.width - length).toBeLessThan(2 * tiles.length);
    }
  });

  it('is as wide on 21:9 as leaves 16:9 to the large tile, with large tiles for few', () => {
    const [large, ...strip] = layout(
      members(4),
      'speaker',
      { width: 1680, height: 720 },
      nobody,
    ).tiles;
    expect(large).toMatchObject({ width: 1250, height: 704 });
    for (const tile of strip) expect(tile).toMatchObject({ width: 406, height: 228 });
  });

  it('gets more of an upright canvas from a screen than from a camera, which can be cropped', () => {
    const height = (mode: LayoutMode) =>
      layout(members(5, 0), mode, upright, { ...nobody, pinned: 'p1' }).tiles[0]!.height;
    expect(height('speaker')).toBe(880);
    expect(height('presentation')).toBe(528);
  });

  it('never has a tile as large as the large one', () => {
    for (const canvas of [
      hd,
      upright,
      { width: 2880, height: 720 },
      { width: 720, height: 2880 },
    ]) {
      for (const mode of ['speaker', 'presentation'] as const) {
        const [large, small] = layout(members(2, 0), mode, canvas, nobody).tiles;
        expect(small!.width).toBeLessThanOrEqual(0.75 * large!.width);
        expect(small!.height).toBeLessThanOrEqual(0.75 * large!.height);
      }
    }
  });

  it('counts in its last place those who are on other pages', () => {
    const at = (page: number) => layout(members(12), 'speaker', hd, { ...nobody, page });
    expect(pagesOf(members(12), 'speaker', hd, nobody)).toBe(3);
    expect(idsOf(at(0))).toBe('p0 p1 p2 p3 p4 p5');
    expect(at(0).overflow).toMatchObject({ count: 6, x: 1076, y: 8 + 5 * 118, width: 196 });
    expect(idsOf(at(1))).toBe('p0 p6 p7 p8 p9 p10');
    expect(at(1).overflow).toMatchObject({ count: 6 });
    expect(idsOf(at(2))).toBe('p0 p11');
    expect(at(2).overflow).toMatchObject({ count: 10, y: 8 + 118 });
    expect(at(3)).toEqual(at(0));
  });

  it('has nothing to turn while all have a place in it', () => {
    expect(pagesOf(members(7), 'speaker', hd, nobody)).toBe(1);
    expect(layout(members(7), 'speaker', hd, { ...nobody, page: 5 }).overflow).toBeNull();
    expect(pagesOf(members(8), 'speaker', hd, nobody)).toBe(2);
    expect(pagesOf(members(49), 'grid', hd, nobody)).toBe(1);
    expect(pagesOf(members(49), 'pip', hd, nobody)).toBe(1);
  });

  it('of a presentation has the speaker in the last place of the first page if not before', () => {
    const at = (speaker: string | null, page = 0) =>
      idsOf(layout(members(12, 0), 'presentation', hd, { pinned: null, speaker, page }));
    expect(at(null)).toBe('p0 p1 p2 p3 p4 p5');
    expect(at('p3')).toBe('p0 p1 p2 p3 p4 p5');
    expect(at('p9')).toBe('p0 p1 p2 p3 p4 p9');
    expect(at('p9', 1)).toBe('p0 p5 p6 p7 p8 p10');
    expect(at('p9', 2)).toBe('p0 p11');
  });
});

describe('pip', () => {
  it('has the first of the others in the lower right corner, a quarter as wide as 720p', () => {
    const { tiles, overflow } = layout(members(2), 'pip', hd, { ...nobody, speaker: 'p1' });
    expect(idsOf({ tiles, overflow })).toBe('p1 p0');
    expect(tiles[0]).toMatchObject({ x: 0, y: 0, ...hd });
    expect(tiles[1]).toMatchObject({ x: 944, y: 524, width: 320, height: 180 });
    expect(overflow).toBeNull();
  });

  it('counts further ones in a small square beside the inset', () => {
    const { tiles, overflow } = layout(members(9), 'pip', hd, nobody);
    expect(idsOf({ tiles, overflow })).toBe('p0 p1');
    expect(overflow).toEqual({ count: 7, x: 846, y: 614, width: 90, height: 90 });
  });

  it('has an inset of 16:9 on an upright canvas too, not wider than 40 % of it', () => {
    const [, inset] = layout(members(2), 'pip', upright, nobody).tiles;
    expect(inset).toMatchObject({ x: 416, y: 1102, width: 288, height: 162 });
  });
});
