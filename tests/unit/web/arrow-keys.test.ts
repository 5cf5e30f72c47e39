import { describe, expect, it } from 'vitest';
import { type Direction, nextTile, type Place } from '../../../web/lib/arrow-keys.ts';

/** Where the keys lead from a tile, in the order left, right, up, down. */
const around = (places: readonly Place[], from: number): (number | undefined)[] =>
  (['left', 'right', 'up', 'down'] satisfies Direction[]).map((direction) =>
    nextTile(places, from, direction),
  );

const tile = (left: number, top: number, width = 100, height = 60): Place => ({
  left,
  top,
  width,
  height,
});

describe('the arrow keys lead', () => {
  it('from each tile of a grid to its neighbours, and from the last row into the middle', () => {
    const grid = [tile(0, 0), tile(110, 0), tile(0, 70), tile(110, 70), tile(55, 140)];
    expect(around(grid, 0)).toEqual([undefined, 1, undefined, 2]);
    expect(around(grid, 3)).toEqual([2, undefined, 1, 4]);
    expect(around(grid, 4)).toEqual([2, 3, 2, undefined]);
  });

  it('from a large tile into the strip beside it, along it, and back', () => {
    const speaker = [tile(0, 0, 400, 220), tile(410, 0), tile(410, 70), tile(410, 140)];
    expect(around(speaker, 0)[1]).toBe(2);
    expect(around(speaker, 1)).toEqual([0, undefined, undefined, 2]);
    expect(around(speaker, 3)).toEqual([0, undefined, 2, undefined]);
  });

  it('nowhere from one alone', () => {
    expect(around([tile(0, 0)], 0)).toEqual([undefined, undefined, undefined, undefined]);
    expect(around([], -1)).toEqual([undefined, undefined, undefined, undefined]);
  });
});
