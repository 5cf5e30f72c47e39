import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Compositor } from '../../../mixer/compositor/compositor.ts';
import { yuvOf } from '../../../mixer/compositor/i420.ts';
import { radiusOf } from '../../../mixer/compositor/overlay/metrics.ts';
import { speakingColour } from '../../../mixer/compositor/overlay/ring.ts';
import type { SceneMember } from '../../../mixer/compositor/scene.ts';
import { colours, grid, nobody, Person } from './people.ts';
import { backgroundColour, bytesOf, pixel, readable, solid } from './pictures.ts';

describe('over its tiles the compositor', () => {
  const size = { width: 640, height: 360 };
  let compositor: Compositor;
  beforeEach(() => {
    compositor = new Compositor({ ...size, transitionMs: 0 });
  });
  afterEach(() => {
    compositor.close();
  });

  const bytes = (): string => bytesOf(compositor.frame).toString('latin1');
  const composed = (): boolean => compositor.compose(0).changed;
  const colourAt = (x: number, y: number) => pixel(readable(compositor.frame), x, y);

  it('draws a border around those who speak, and nothing is left of it afterwards', () => {
    const people: SceneMember[] = [new Person(0), new Person(1), nobody('Zoë')];
    compositor.setScene(people, grid);
    composed();
    const before = bytes();
    compositor.setSpeaking(['p1', 'Zoë', 'somebody else']);
    expect(composed()).toBe(true);
    const edges = compositor.tiles.map(({ x, y, height }) => colourAt(x, y + height / 2));
    expect(edges[0]).toEqual([...colours[0]!]);
    expect(edges[1]).toEqual([...yuvOf(speakingColour)]);
    expect(edges[2]).toEqual([...yuvOf(speakingColour)]);
    compositor.setSpeaking(['Zoë', 'p1']);
    expect(composed()).toBe(false);
    compositor.setSpeaking([]);
    expect(composed()).toBe(true);
    expect(bytes()).toBe(before);
  });

  it('shows who is muted and who raises a hand, for as long as that is so', () => {
    const person = new Person(0);
    const looks = [
      { muted: false, hand: false },
      { muted: true, hand: false },
      { muted: true, hand: true },
      { muted: false, hand: true },
      { muted: false, hand: false },
    ].map((look) => {
      const { id, name, screen, source } = person;
      compositor.setScene([{ id, name, screen, source, ...look }, new Person(1)], grid);
      expect(composed()).toBe(true);
      expect(composed()).toBe(false);
      return bytes();
    });
    expect(looks[4]).toBe(looks[0]);
    expect(new Set(looks).size).toBe(4);
  });

  it('writes names over pictures only, keeps them over new ones, and changes them', () => {
    const person = new Person(0);
    const inked = (): number => {
      const { data } = readable(compositor.frame).planes[0]!;
      return data.reduce((count, luma) => count + (luma > 200 ? 1 : 0), 0);
    };
    compositor.setScene([person], grid);
    composed();
    const written = inked();
    expect(written).toBeGreaterThan(20);
    person.frame = solid(320, 180, colours[2]!);
    composed();
    expect(Math.abs(inked() - written)).toBeLessThan(written / 4);
    person.frame = null;
    composed();
    const withoutPicture = bytes();
    compositor.setScene([{ ...nobody(person.name), id: person.id }], grid);
    composed();
    expect(bytes()).toBe(withoutPicture);
  });

  it('keeps what it has drawn for those who are in the scene, and for nobody else', () => {
    const slow = new Compositor({ ...size, transitionMs: 0, placeholdersPerFrame: 1 });
    try {
      const [alice, bob, carol] = ['Alice', 'Bob', 'Carol'].map((name) => nobody(name));
      /** How many frames it takes to draw everything of a scene. */
      const frames = (...people: SceneMember[]): number => {
        slow.setScene(people, grid);
        for (let count = 1; count < 10; count += 1) {
          slow.compose(0);
          if (slow.isComplete) return count;
        }
        return Infinity;
      };
      expect(frames(alice!, bob!)).toBe(2);
      expect(frames(bob!, alice!)).toBe(1);
      expect(frames(carol!, { ...bob!, id: 'another' })).toBe(1);
      expect(frames(carol!, nobody('Dave'))).toBe(1);
      expect(frames(alice!, bob!)).toBe(2);
    } finally {
      slow.close();
    }
  });

  it('writes nothing if it shall not', () => {
    const bare = new Compositor({ ...size, labels: false });
    try {
      const { id, name, screen, source } = new Person(0);
      bare.setScene([{ id, name, screen, source, muted: true, hand: true }], grid);
      bare.compose(0);
      const [luma] = readable(bare.frame).planes;
      expect(new Set(luma!.data)).toEqual(new Set([colours[0]![0]]));
    } finally {
      bare.close();
    }
  });

  it('rounds the corners of tiles, whatever is drawn in them', () => {
    const people = [0, 1].map((index) => new Person(index));
    compositor.setScene(people, grid);
    for (const speaking of [[], ['p0'], []]) {
      compositor.setSpeaking(speaking);
      composed();
      for (const { x, y, width, height } of compositor.tiles) {
        expect(radiusOf({ width, height }, size)).toBeGreaterThan(2);
        for (const [column, row] of [
          [x, y],
          [x + width - 1, y],
          [x, y + height - 1],
          [x + width - 1, y + height - 1],
        ] as const) {
          // Chroma is shared with pixels inside.
          expect(colourAt(column, row)[0]).toBe(backgroundColour[0]);
        }
      }
      people[0]!.frame = solid(64, 36, colours[3]!);
    }
  });

  it('shows the picture below an inset around its corners, as it is now', () => {
    const [below, inset] = [new Person(0), new Person(1)];
    compositor.setScene([below, inset], { ...grid, mode: 'pip' });
    composed();
    const { x, y } = compositor.tiles[1]!;
    const corner = () => colourAt(x, y)[0];
    expect(corner()).toBe(colours[0]![0]);
    below.frame = solid(64, 36, colours[4]!);
    composed();
    expect(corner()).toBe(colours[4]![0]);
    // The inset alone: what is below it is not drawn again.
    for (const step of [2, 3, 2, 3]) {
      inset.frame = solid(64, 36, colours[step]!);
      composed();
      expect(corner()).toBe(colours[4]![0]);
    }
    const fresh = new Compositor(size);
    fresh.setScene([below, inset], { ...grid, mode: 'pip' });
    fresh.compose(0);
    expect(bytes()).toBe(bytesOf(fresh.frame).toString('latin1'));
    fresh.close();
  });

  it('does not write more than it may in one picture', () => {
    const slow = new Compositor({ ...size, placeholdersPerFrame: 2, transitionMs: 0 });
    try {
      slow.setScene(
        Array.from({ length: 5 }, (_, index) => new Person(index)),
        grid,
      );
      const changes = Array.from({ length: 5 }, () => slow.compose(0).changed);
      expect(changes).toEqual([true, true, true, false, false]);
    } finally {
      slow.close();
    }
  });
});
