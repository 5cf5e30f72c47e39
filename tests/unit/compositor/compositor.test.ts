import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Canvas } from '../../../mixer/compositor/canvas.ts';
import { Compositor } from '../../../mixer/compositor/compositor.ts';
import type { YuvColour } from '../../../mixer/compositor/i420.ts';
import type { SceneMember } from '../../../mixer/compositor/scene.ts';
import { colours, grid, nobody, Person } from './people.ts';
import { backgroundColour, bytesOf, pixel, readable, solid } from './pictures.ts';

describe('the compositor', () => {
  let compositor: Compositor;
  beforeEach(() => {
    compositor = new Compositor({ width: 640, height: 360, labels: false, transitionMs: 0 });
  });
  afterEach(() => {
    compositor.close();
  });

  const colourAt = (x: number, y: number) => pixel(readable(compositor.frame), x, y);
  const expectNear = (actual: readonly number[], expected: readonly number[]) => {
    actual.forEach((value, index) => {
      expect(Math.abs(value - expected[index]!)).toBeLessThanOrEqual(1);
    });
  };
  /** The middle of a tile and of its edges have the colour. */
  const expectTile = (id: string, colour: YuvColour) => {
    const { x, y, width, height } = compositor.tiles.find((tile) => tile.id === id)!;
    for (const [dx, dy] of [
      [0, height / 2],
      [width - 1, height / 2],
      [width / 2, 0],
      [width / 2, height - 1],
      [width / 2, height / 2],
    ] as const) {
      expectNear(colourAt(x + dx, y + dy), colour);
    }
  };

  it('shows everybody where the layout says, in the right colour', () => {
    const people = [0, 1, 2, 3, 4].map((index) => new Person(index, 320 + index * 37, 240));
    compositor.setScene(people, grid);
    expect(compositor.compose(0)).toEqual({ changed: true });
    people.forEach(({ id }, index) => {
      expectTile(id, colours[index]!);
    });
    expectNear(colourAt(0, 0), backgroundColour);
  });

  it('leaves no stale pixel when somebody leaves', () => {
    const people = [0, 1, 2, 3, 4].map((index) => new Person(index));
    compositor.setScene(people, grid);
    compositor.compose(0);
    compositor.setScene(people.slice(1, 3), grid);
    expect(compositor.compose(0)).toEqual({ changed: true });

    const fresh = new Compositor({ width: 640, height: 360, labels: false });
    try {
      fresh.setScene(people.slice(1, 3), grid);
      fresh.compose(0);
      expect(bytesOf(compositor.frame).equals(bytesOf(fresh.frame))).toBe(true);
    } finally {
      fresh.close();
    }
    compositor.setScene([], grid);
    expect(compositor.compose(0)).toEqual({ changed: true });
    expectNear(colourAt(320, 180), backgroundColour);
  });

  it('draws only what is new', () => {
    const people = [0, 1].map((index) => new Person(index));
    compositor.setScene(people, grid);
    compositor.compose(0);
    expect(compositor.compose(0)).toEqual({ changed: false });

    // A mark in the other tile shows that it is left alone.
    const other = compositor.tiles[1]!;
    readable(compositor.frame).planes[0]!.data[other.y * 640 + other.x] = 1;
    people[0]!.frame = solid(640, 360, colours[2]!);
    expect(compositor.compose(0)).toEqual({ changed: true });
    expectTile('p0', colours[2]!);
    expect(colourAt(other.x, other.y)[0]).toBe(1);

    compositor.setScene(people, grid);
    expect(compositor.compose(0)).toEqual({ changed: false });
  });

  it('shows initials without a source and before the first picture, and the picture after', () => {
    const people: SceneMember[] = [new Person(0), { ...nobody('Person 2'), id: 'p1' }];
    const late = new Person(2);
    late.frame = null;
    compositor.setScene([...people, late], grid);
    compositor.compose(0);
    const edgeOf = (index: number) => {
      const { x, y, height } = compositor.tiles[index]!;
      return colourAt(x, y + height / 2);
    };
    const edge = edgeOf(2);
    expect(edge).toEqual(edgeOf(1));
    expect(edge).not.toEqual([...backgroundColour]);
    expect(compositor.compose(0)).toEqual({ changed: false });
    late.frame = solid(64, 36, colours[2]!);
    compositor.compose(0);
    expectTile('p2', colours[2]!);
    late.frame = null;
    compositor.compose(0);
    expect(edgeOf(2)).toEqual(edge);
  });

  it('takes a new name into the placeholder', () => {
    const member = nobody('Ann');
    compositor.setScene([member], grid);
    compositor.compose(0);
    compositor.setScene([{ ...member, name: 'Bea' }], grid);
    expect(compositor.compose(0)).toEqual({ changed: true });
  });

  it('keeps the inset on top when the picture below it changes', () => {
    const people = [0, 1, 2, 3].map((index) => new Person(index));
    compositor.setScene(people, { ...grid, mode: 'pip' });
    compositor.compose(0);
    expectTile('p1', colours[1]!);
    const overflowColour = () => {
      const { x, y, height } = compositor.overflow!;
      return colourAt(x, y + height / 2);
    };
    const before = overflowColour();
    people[0]!.frame = solid(640, 360, colours[4]!);
    compositor.compose(0);
    expectNear(colourAt(0, 0), colours[4]!);
    expectTile('p1', colours[1]!);
    expect(overflowColour()).toEqual(before);
  });

  it('counts those without a tile', () => {
    const people = Array.from({ length: 9 }, (_, index) => nobody(`Person ${String(index)}`));
    compositor.setScene(people, { ...grid, mode: 'speaker' });
    compositor.compose(0);
    const before = compositor.overflow!;
    expect(before.count + compositor.tiles.length).toBe(9);
    compositor.setScene(people.slice(0, 8), { ...grid, mode: 'speaker' });
    expect(compositor.compose(0)).toEqual({ changed: true });
    expect(compositor.overflow!.count).toBe(before.count - 1);
  });

  it('spreads the drawing of placeholders over frames', () => {
    const slow = new Compositor({
      width: 640,
      height: 360,
      placeholdersPerFrame: 2,
      transitionMs: 0,
    });
    try {
      const people = ['A', 'B', 'C', 'D', 'E'].map(nobody);
      const white = (): number =>
        slow.tiles.filter(({ x, y, width, height }) => {
          let brightest = 0;
          for (let at = x + width * 0.3; at < x + width * 0.7; at += 1) {
            const [luma] = pixel(
              readable(slow.frame),
              Math.round(at),
              Math.round(y + height * 0.4),
            );
            brightest = Math.max(brightest, luma!);
          }
          return brightest > 200;
        }).length;
      slow.setScene(people, grid);
      const drawn = [1, 2, 3].map(() => {
        slow.compose(0);
        return white();
      });
      expect(drawn).toEqual([2, 4, 5]);
      expect(slow.compose(0)).toEqual({ changed: false });
      // In other sizes the known pictures are scaled until they are drawn anew: no tile is ever empty.
      slow.setScene(people.slice(0, 4), grid);
      slow.compose(0);
      expect(white()).toBe(4);
    } finally {
      slow.close();
    }
  });

  it('draws on a copy while somebody holds the last picture', () => {
    const person = new Person(0);
    compositor.setScene([person], grid);
    compositor.compose(0);
    const held = compositor.frame.clone()!;
    try {
      person.frame = solid(640, 360, colours[1]!);
      compositor.compose(0);
      expectTile('p0', colours[1]!);
      expectNear(pixel(readable(held), 300, 200), colours[0]!);
    } finally {
      held.free();
    }
  });

  it('can be closed twice, and refuses to compose afterwards', () => {
    compositor.close();
    compositor.close();
    expect(() => compositor.compose(0)).toThrow('closed');
  });
});

describe('the canvas', () => {
  it.each([
    [641, 360],
    [640, 0],
    [Number.NaN, 360],
    [99999, 99999],
  ])('refuses %i x %i', (width, height) => {
    expect(() => new Canvas(width, height)).toThrow(TypeError);
  });

  it('fills rectangles and nothing else', () => {
    const canvas = new Canvas(64, 32);
    canvas.fill({ x: 10, y: 6, width: 20, height: 8 }, [200, 30, 40]);
    for (let y = 0; y < 32; y += 1) {
      for (let x = 0; x < 64; x += 1) {
        const inside = x >= 10 && x < 30 && y >= 6 && y < 14;
        expect(pixel(canvas, x, y)).toEqual(inside ? [200, 30, 40] : [...backgroundColour]);
      }
    }
    canvas.close();
  });
});
