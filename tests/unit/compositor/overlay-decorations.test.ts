import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rectangle, Size } from '../../../mixer/compositor/geometry.ts';
import { yuvOf } from '../../../mixer/compositor/i420.ts';
import { drawable } from '../../../mixer/compositor/overlay/fonts.ts';
import { Decorations, type TileState } from '../../../mixer/compositor/overlay/decorations.ts';
import { reactionNames } from '../../../mixer/compositor/overlay/reaction-shapes.ts';
import { speakingColour } from '../../../mixer/compositor/overlay/ring.ts';
import { blend, type PlacedSprite } from '../../../mixer/compositor/overlay/sprite.ts';
import { bytesOf, contrastWithWhite, plain } from './overlays.ts';

const canvas = { width: 1280, height: 720 };
const size = { width: 416, height: 234 };
const quiet: TileState = {
  name: 'Alice',
  muted: false,
  hand: false,
  reaction: null,
  speaking: false,
  label: true,
};
const decorations = new Decorations({ canvas });

/** A tile with a background of one colour, and what lies over it. */
function drawn(placed: readonly PlacedSprite[], tile: Size, colour: [number, number, number]) {
  const planes = plain(tile, colour);
  for (const { sprite, x, y } of placed) blend(planes, sprite, x, y, { x: 0, y: 0, ...tile });
  return planes;
}

/** The pixels of a rectangle of the tile that differ from its background of luma 128. */
function changed(placed: readonly PlacedSprite[], tile: Size, area: Rectangle): number {
  const { data } = drawn(placed, tile, [128, 128, 128])[0];
  return data.filter((value, at) => {
    const [x, y] = [at % tile.width, Math.floor(at / tile.width)];
    const inX = x >= area.x && x < area.x + area.width;
    return value !== 128 && inX && y >= area.y && y < area.y + area.height;
  }).length;
}

const only = (state: Partial<TileState>, tile: Size = size): PlacedSprite => {
  const placed = decorations.of({ ...quiet, ...state }, tile);
  expect(placed.length).toBe(1);
  return placed[0]!;
};

/** For each column of a label, the rows with ink: what is bright on dark. */
function inkOf({ sprite }: PlacedSprite): number[][] {
  const planes = plain(sprite, [16, 128, 128]);
  blend(planes, sprite, 0, 0, { x: 0, y: 0, width: sprite.width, height: sprite.height });
  const { data, stride } = planes[0];
  return Array.from({ length: sprite.width }, (_, x) =>
    Array.from({ length: sprite.height }, (__, y) => y).filter((y) => data[y * stride + x]! > 120),
  );
}

describe('the decorations of a tile', () => {
  it('are the same object for the same state and size', () => {
    const state = { ...quiet, muted: true, hand: true, speaking: true };
    expect(decorations.of({ ...state }, { ...size })).toBe(decorations.of(state, size));
    expect(decorations.of({ ...state, muted: false }, size)).not.toBe(decorations.of(state, size));
    expect(decorations.of({ ...state, name: 'Bob' }, size)).not.toBe(decorations.of(state, size));
  });

  it('are none where there is nothing to tell', () => {
    expect(decorations.of({ ...quiet, label: false }, size)).toEqual([]);
    expect(decorations.of({ ...quiet, name: '' }, size)).toEqual([]);
    expect(decorations.of({ ...quiet, name: '\u200b' }, size)).toEqual([]);
  });

  it('lie inside the tile on even pixels, and leave the middle third of its height to faces', () => {
    const side = (least: number) =>
      fc.integer({ min: least / 2, max: 360 }).map((half) => half * 2);
    const state = fc.record({
      name: fc.constantFrom('', 'A', 'Alice Smith', 'W'.repeat(64), 'שלום'),
      muted: fc.boolean(),
      hand: fc.boolean(),
      reaction: fc.constant(null),
      speaking: fc.boolean(),
      label: fc.boolean(),
    });
    fc.assert(
      fc.property(state, side(2), side(2), (of, width, height) => {
        for (const { sprite, x, y } of decorations.of(of, { width, height })) {
          for (const value of [x, y, sprite.width, sprite.height]) expect(value % 2).toBe(0);
          expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
          expect(x + sprite.width).toBeLessThanOrEqual(width);
          expect(y + sprite.height).toBeLessThanOrEqual(height);
          if (of.speaking) continue;
          expect(y + sprite.height <= height / 3 || y >= (height * 2) / 3).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('have a reaction where there is room for it: inside the tile, above the name and beside the face', () => {
    const side = fc.integer({ min: 1, max: 360 }).map((half) => half * 2);
    const reaction = fc.constantFrom(...reactionNames);
    fc.assert(
      fc.property(reaction, side, side, (reaction, width, height) => {
        const placed = decorations.of({ ...quiet, label: false, reaction }, { width, height });
        expect(placed.length).toBe(height >= 48 && width >= 64 ? 1 : placed.length);
        for (const { sprite, x, y } of placed) {
          for (const value of [x, y, sprite.width, sprite.height]) expect(value % 2).toBe(0);
          expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
          expect(x + sprite.width).toBeLessThanOrEqual(width);
          expect(y + sprite.height).toBeLessThanOrEqual(height);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('differ between the matrices of canvases', () => {
    const other = new Decorations({ canvas, matrix: 'bt709' });
    const state = { ...quiet, hand: true, label: false };
    const bytes = [decorations, other].map((each) =>
      bytesOf(drawn(each.of(state, size), size, [128, 128, 128])),
    );
    expect(Buffer.compare(bytes[0]!, bytes[1]!)).not.toBe(0);
  });
});

describe('drawing within a budget', () => {
  it('draws so many for a frame and the others with the next', () => {
    const slow = new Decorations({ canvas, drawsPerFrame: 1 });
    const [alice, bob] = [quiet, { ...quiet, name: 'Bob' }];
    const first = slow.of(alice, size);
    expect(first.length).toBe(1);
    const waiting = slow.of(bob, size);
    expect(waiting).toEqual([]);
    expect(slow.of(bob, size)).toBe(waiting);
    slow.beginFrame();
    expect(slow.of(alice, size)).toBe(first);
    expect(slow.of(bob, size).length).toBe(1);
  });

  it('shows the last label of the same person until then', () => {
    const slow = new Decorations({ canvas, drawsPerFrame: 1 });
    const before = slow.of(quiet, size);
    const meanwhile = slow.of({ ...quiet, muted: true }, size);
    expect(meanwhile).toEqual(before);
    slow.beginFrame();
    const after = slow.of({ ...quiet, muted: true }, size);
    expect(after[0]!.sprite.width).toBeGreaterThan(before[0]!.sprite.width);
    expect(slow.of({ ...quiet, muted: true }, size)).toBe(after);
  });

  it('keeps nothing of those who have gone', () => {
    const some = new Decorations({ canvas, drawsPerFrame: 2 });
    const [bob, badge] = [
      { ...quiet, name: 'Bob' },
      { ...quiet, hand: true, label: false },
    ];
    const before = [quiet, bob].map((state) => some.of(state, size));
    some.beginFrame();
    const hand = some.of(badge, size);
    some.beginFrame();
    some.keepOnly(new Set(['Bob', 'Carol']));
    expect(some.of(bob, size)).toBe(before[1]);
    expect(some.of(badge, size)).toBe(hand);
    const again = some.of(quiet, size);
    expect(again[0]!.sprite).not.toBe(before[0]![0]!.sprite);
    expect(again).toEqual(before[0]);
  });

  it('keeps a bounded number', () => {
    const many = new Decorations({ canvas });
    const first = many.of({ ...quiet, speaking: true }, { width: 160, height: 90 });
    const label = first.at(-1)!.sprite;
    for (let n = 0; n < 300; n += 1) {
      many.of({ ...quiet, name: String(n) }, { width: 160, height: 90 });
    }
    const again = many.of({ ...quiet, speaking: true }, { width: 160, height: 90 });
    expect(again).not.toBe(first);
    expect(again.at(-1)!.sprite).not.toBe(label);
  });
});

describe('a label', () => {
  it('hugs the lower left corner, is small, and larger for longer names', () => {
    const { sprite, x, y } = only({});
    expect(y + sprite.height + x).toBe(size.height);
    expect(x).toBeLessThanOrEqual(10);
    expect(sprite.height).toBeLessThan(size.height * 0.1);
    expect(only({ name: 'Alice Smith' }).sprite.width).toBeGreaterThan(sprite.width);
  });

  it('ends inside the tile however long the name is', () => {
    for (const name of ['W'.repeat(64), 'שלום '.repeat(12), 'e\u0301'.repeat(64), '𝕎'.repeat(64)]) {
      const { sprite, x } = only({ name, muted: true });
      expect(sprite.width).toBeLessThanOrEqual(size.width - 2 * x);
    }
  });

  it('ends in an ellipsis where it is cut: on the right, and on the left for Hebrew and Arabic', () => {
    const narrow = { width: 160, height: 90 };
    const ends = (name: string) => {
      const rows = inkOf(only({ name }, narrow)).filter((column) => column.length > 0);
      // The dots are at the bottom and low.
      const low = (column: number[]) => column.length <= 2 && column[0]! > 9;
      return [low(rows[0]!), low(rows.at(-1)!)];
    };
    expect(ends('W'.repeat(64))).toEqual([false, true]);
    expect(ends('הוא'.repeat(20))).toEqual([true, false]);
    expect(ends('كلاد'.repeat(20))).toEqual([true, false]);
    expect(ends('WWW')).toEqual([false, false]);
  });

  it('shows a struck-out microphone before the name of somebody who is muted', () => {
    const trimmed = (state: Partial<TileState>) => {
      const ink = inkOf(only(state));
      const first = ink.findIndex((column) => column.length > 0);
      return ink.slice(first, ink.findLastIndex((column) => column.length > 0) + 1);
    };
    const [name, all] = [trimmed({}), trimmed({ muted: true })];
    expect(all.slice(-name.length)).toEqual(name);
    const before = all.slice(0, -name.length);
    expect(before.length).toBeGreaterThan(10);
    expect(before.flat().length).toBeGreaterThan(15);
  });

  it('has a contrast of 4.5 on any picture', () => {
    const { sprite, x, y } = only({});
    const level = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(level, level, level), (rgb) => {
        const colour = yuvOf((rgb[0] << 16) | (rgb[1] << 8) | rgb[2]);
        const planes = drawn([{ sprite, x, y }], size, [...colour]);
        // Between the label's edge and its first letter.
        const [column, row] = [x + 4, y + sprite.height / 2];
        const [luma, u, v] = planes.map(({ data, stride }, plane) => {
          const shift = plane === 0 ? 0 : 1;
          return data[(row >> shift) * stride + (column >> shift)]!;
        }) as [number, number, number];
        const light = (luma - 16) * (255 / 219);
        const [b, r] = [(u - 128) * (255 / 224), (v - 128) * (255 / 224)];
        const below = [
          light + 1.402 * r,
          light - 0.344 * b - 0.714 * r,
          light + 1.772 * b,
        ] as const;
        expect(contrastWithWhite(below)).toBeGreaterThanOrEqual(4.5);
      }),
      { examples: [[[255, 255, 255]], [[0, 0, 0]], [[255, 255, 0]], [[0, 255, 255]]] },
    );
  });

  it('is left out for names that cannot be written, and where it could not be read', () => {
    expect(decorations.of({ ...quiet, name: '\u{10fffe}\u{10ffff}' }, size)).toEqual([]);
    expect(decorations.of(quiet, { width: 100, height: 56 })).toEqual([]);
    const ideographs = decorations.of({ ...quiet, name: '王小明' }, size);
    expect(ideographs.length).toBe(drawable('王小明') === '' ? 0 : 1);
  });
});

describe('the mute badge', () => {
  it('stands alone where there is no label', () => {
    for (const [state, tile] of [
      [{ label: false }, size],
      [{ name: '' }, size],
      [{ name: 'Alice' }, { width: 100, height: 56 }],
    ] as const) {
      const { sprite } = only({ ...state, muted: true }, tile);
      expect(sprite.width).toBe(sprite.height);
      expect(sprite.height).toBeLessThan(tile.height / 3);
    }
  });

  it('is left out of tiles in which it could not be made out', () => {
    expect(decorations.of({ ...quiet, muted: true }, { width: 40, height: 22 })).toEqual([]);
  });
});

describe('a raised hand', () => {
  it('is at the upper left', () => {
    const { sprite, x, y } = only({ hand: true, label: false });
    expect(x).toBe(y);
    expect(sprite.width).toBe(sprite.height);
    expect(y + sprite.height).toBeLessThan(size.height / 5);
  });
});

describe('the speaking border', () => {
  const border = (tile: Size) => decorations.of({ ...quiet, speaking: true, label: false }, tile);

  it.each([
    [size, 3],
    [{ width: 172, height: 96 }, 2],
    [{ width: 628, height: 352 }, 3],
    [canvas, 3],
  ])('of a tile of %j is a closed ring of %i pixels', (tile, thickness) => {
    const { width, height } = tile;
    const placed = border(tile);
    const inner = {
      x: thickness,
      y: thickness,
      width: width - 2 * thickness,
      height: height - 2 * thickness,
    };
    const [luma] = yuvOf(speakingColour);
    const { data } = drawn(placed, tile, [128, 128, 128])[0];
    const at = (x: number, y: number) => data[y * width + x]!;
    for (let x = 12; x < width - 12; x += 1) {
      expect([at(x, 0), at(x, thickness - 1), at(x, thickness)]).toEqual([luma, luma, 128]);
      expect([at(x, height - 1), at(x, height - thickness)]).toEqual([luma, luma]);
    }
    for (let y = 12; y < height - 12; y += 1) {
      expect([at(0, y), at(thickness - 1, y), at(thickness, y)]).toEqual([luma, luma, 128]);
      expect([at(width - 1, y), at(width - thickness, y)]).toEqual([luma, luma]);
    }
    // Inside there is nothing but what rounds the corners.
    expect(changed(placed, tile, inner)).toBeLessThan(4 * 12 * 12);
    // Around the corner it goes across the diagonal.
    const diagonal = Array.from({ length: 8 }, (_, n) => at(n, n));
    expect(diagonal.some((value) => Math.abs(value - luma) <= 1)).toBe(true);
  });

  it('is seen on black and on white', () => {
    const rgb = [speakingColour >> 16, (speakingColour >> 8) & 255, speakingColour & 255] as const;
    const onWhite = contrastWithWhite([...rgb]);
    expect(onWhite).toBeGreaterThanOrEqual(3);
    expect(21 / onWhite).toBeGreaterThanOrEqual(3);
  });

  it('is nothing in a tile that is smaller than its corners', () => {
    expect(border({ width: 2, height: 2 })).toEqual([]);
  });
});
