import { afterEach, describe, expect, it } from 'vitest';
import { Compositor, type CompositorOptions } from '../../../mixer/compositor/compositor.ts';
import type { SceneLayout, SceneMember } from '../../../mixer/compositor/scene.ts';
import { nativeInUse } from '../../harness/memory.ts';
import { colours, grid, nobody, Person } from './people.ts';
import { backgroundColour, bytesOf, pixel, readable, solid } from './pictures.ts';

const tick = 40;
const transition = 250;

/** A scene: who is there, how they are arranged, and who speaks. */
interface Scene {
  readonly members: readonly SceneMember[];
  readonly arrangement: SceneLayout;
  readonly speaking?: readonly string[];
}

const open: Compositor[] = [];
const compositorOf = (options: Partial<CompositorOptions> = {}): Compositor => {
  const compositor = new Compositor({ width: 640, height: 360, ...options });
  open.push(compositor);
  return compositor;
};
afterEach(() => {
  for (const compositor of open.splice(0)) compositor.close();
});

const show = (compositor: Compositor, { members, arrangement, speaking = [] }: Scene): void => {
  compositor.setScene(members, arrangement);
  compositor.setSpeaking(speaking);
};
const people = (count: number): Person[] =>
  Array.from({ length: count }, (_, index) => new Person(index));
const arranged = (mode: SceneLayout['mode'], pinned: string | null = null): SceneLayout => ({
  ...grid,
  mode,
  pinned,
});
/** Seconds must not be spent on telling in which of a million bytes two pictures differ. */
const sameAs = (a: Compositor, b: Compositor): boolean => bytesOf(a.frame).equals(bytesOf(b.frame));

const nine = people(9);
const crowd = [...nine, nobody('Zoë'), { ...nobody('Дмитрий'), muted: true }];
const { id, name, muted, hand, source } = nine[8]!;
const sharing: SceneMember = { id, name, muted, hand, source, screen: true };
const changes: Record<string, readonly [Scene, Scene]> = {
  'somebody joining': [
    { members: nine.slice(0, 2), arrangement: grid },
    { members: nine.slice(0, 3), arrangement: grid },
  ],
  'somebody leaving': [
    { members: nine, arrangement: grid, speaking: ['p1'] },
    { members: nine.slice(1), arrangement: grid, speaking: ['p1'] },
  ],
  'another layout': [
    { members: crowd, arrangement: grid },
    { members: crowd, arrangement: arranged('speaker', 'p4') },
  ],
  'another speaker': [
    { members: crowd, arrangement: arranged('speaker', 'p4'), speaking: ['p4'] },
    { members: crowd, arrangement: arranged('speaker', 'p2'), speaking: ['p2'] },
  ],
  'another page': [
    { members: crowd, arrangement: arranged('speaker', 'p0') },
    { members: crowd, arrangement: { ...arranged('speaker', 'p0'), page: 1 } },
  ],
  'a swap of picture and inset': [
    { members: nine.slice(0, 2), arrangement: arranged('pip', 'p0') },
    { members: nine.slice(0, 2), arrangement: arranged('pip', 'p1') },
  ],
  'somebody alone and then somebody else': [
    { members: nine, arrangement: arranged('single', 'p0') },
    { members: nine, arrangement: arranged('single', 'p1') },
  ],
  'a shared screen': [
    { members: nine, arrangement: grid },
    { members: [...nine.slice(0, 8), sharing], arrangement: arranged('presentation') },
  ],
  'everybody leaving': [
    { members: nine, arrangement: grid },
    { members: [], arrangement: grid },
  ],
};

describe('a transition', () => {
  it.each(Object.entries(changes))(
    'to %s ends in the very picture of a fresh start',
    (_, [from, to]) => {
      const compositor = compositorOf();
      show(compositor, from);
      expect(compositor.compose(1000)).toEqual({ changed: true });
      expect(compositor.compose(1040)).toEqual({ changed: false });
      const before = bytesOf(compositor.frame);
      show(compositor, to);
      const steps = [];
      for (let now = 1080; now < 1040 + transition; now += tick) {
        expect(compositor.compose(now)).toEqual({ changed: true });
        steps.push(bytesOf(compositor.frame));
      }
      expect(compositor.compose(1040 + transition)).toEqual({ changed: true });
      const fresh = compositorOf();
      show(fresh, to);
      fresh.compose(0);
      expect(sameAs(compositor, fresh)).toBe(true);
      // No step shows the beginning, the end, or what another one shows.
      steps.push(before, bytesOf(fresh.frame));
      expect(new Set(steps.map((bytes) => bytes.toString('latin1'))).size).toBe(steps.length);
      expect(compositor.compose(9999)).toEqual({ changed: false });
    },
  );

  it.each(Object.entries(changes))(
    'to %s takes no time where it may take none',
    (_, [from, to]) => {
      const compositor = compositorOf({ transitionMs: 0 });
      show(compositor, from);
      compositor.compose(1000);
      show(compositor, to);
      compositor.compose(1000);
      const fresh = compositorOf();
      show(fresh, to);
      fresh.compose(0);
      expect(sameAs(compositor, fresh)).toBe(true);
      expect(compositor.compose(1000)).toEqual({ changed: false });
    },
  );

  it('is over at once when the time for it has passed without a picture', () => {
    const compositor = compositorOf();
    const [from, to] = changes['another layout']!;
    show(compositor, from);
    compositor.compose(0);
    show(compositor, to);
    compositor.compose(5000);
    expect(compositor.compose(5040)).toEqual({ changed: false });
  });

  it('is not made of the first scene, nor of the same scene again', () => {
    const compositor = compositorOf();
    const { members, arrangement } = changes['another speaker']![0];
    compositor.setScene(members, arrangement);
    compositor.compose(0);
    expect(compositor.compose(0)).toEqual({ changed: false });
    compositor.setScene([...members], { ...arrangement });
    expect(compositor.compose(tick)).toEqual({ changed: false });
  });

  it('is not made of what was taken back before anybody saw it', () => {
    const compositor = compositorOf();
    compositor.setScene(nine, grid);
    compositor.compose(0);
    compositor.setScene(nine.slice(1), grid);
    compositor.setScene(nine, grid);
    expect(compositor.compose(tick)).toEqual({ changed: false });
  });

  it('can be interrupted at any moment, and nothing jumps', () => {
    // Apart from one another: what lies on what is another matter.
    const wide = compositorOf({ width: 1280, height: 180 });
    const [one, two, three, four] = people(4) as [Person, Person, Person, Person];
    wide.setScene([one, two, three], grid);
    wide.compose(0);
    wide.setScene([one, two, three, four], grid);
    let now = 0;
    for (const members of [
      [one, two],
      [one, two, four],
      [two, four],
      [one, two, three, four],
    ]) {
      now += tick;
      wide.compose(now);
      const before = bytesOf(wide.frame);
      wide.setScene(members, grid);
      wide.compose(now);
      const after = bytesOf(wide.frame);
      // Fading out begins with a copy of what was faded in.
      const most = after.reduce(
        (max, value, at) => Math.max(max, Math.abs(value - before[at]!)),
        0,
      );
      expect(most).toBeLessThanOrEqual(1);
    }
    wide.compose(now + transition);
    const fresh = compositorOf({ width: 1280, height: 180 });
    fresh.setScene([one, two, three, four], grid);
    fresh.compose(0);
    expect(sameAs(wide, fresh)).toBe(true);
  });

  it('shows every new picture of everybody in each of its steps', () => {
    const compositor = compositorOf({ labels: false });
    const all = people(6);
    compositor.setScene(all, arranged('speaker', 'p0'));
    compositor.compose(0);
    compositor.setScene(all, arranged('speaker', 'p1'));
    for (let step = 1; step <= 8; step += 1) {
      all.forEach((person) => (person.frame = solid(64, 36, [40 + step * 20, 128, 128])));
      compositor.compose(step * tick);
      // The first two change places: they are on their way.
      for (const { x, y, width, height } of compositor.tiles.slice(2)) {
        const [luma] = pixel(readable(compositor.frame), x + width / 2, y + height / 2);
        expect(luma).toBe(40 + step * 20);
      }
    }
  });

  it('fades in who comes', () => {
    const compositor = compositorOf({ labels: false });
    const [one, two] = people(2) as [Person, Person];
    compositor.setScene([one], arranged('pip'));
    compositor.compose(0);
    compositor.setScene([one, two], arranged('pip'));
    const { x, y, width, height } = compositor.tiles[1]!;
    const seen = [0, 50, 125, 200, 250].map((now) => {
      compositor.compose(now);
      return pixel(readable(compositor.frame), x + width / 2, y + height / 2)[2]!;
    });
    const [below, above] = [colours[0]![2], colours[1]![2]];
    expect(seen[0]).toBe(below);
    expect(Math.abs(seen[2]! - (below + above) / 2)).toBeLessThanOrEqual(2);
    expect(seen[4]).toBe(above);
    expect(seen).toEqual(seen.toSorted((a, b) => b - a));
  });

  it('fades out who goes, and asks for no picture of theirs any more', () => {
    const compositor = compositorOf({ labels: false });
    const person = new Person(0);
    compositor.setScene([person], grid);
    compositor.compose(0);
    const last = person.frame;
    Object.defineProperty(person, 'frame', { get: () => expect.fail('asked') });
    compositor.setScene([], grid);
    const seen = [0, 50, 125, 200, 250].map((now) => {
      compositor.compose(now);
      return pixel(readable(compositor.frame), 320, 180)[0]!;
    });
    expect(last).not.toBeNull();
    expect(seen[0]).toBe(colours[0]![0]);
    expect(seen[4]).toBe(backgroundColour[0]);
    expect(seen).toEqual(seen.toSorted((a, b) => b - a));
    expect(new Set(seen).size).toBe(seen.length);
  });

  it.each(['single', 'pip', 'speaker'] as const)(
    'lets little of the background through where another one gets large in %s',
    (mode) => {
      const compositor = compositorOf({ labels: false });
      const white = people(2);
      for (const person of white) person.frame = solid(64, 36, [235, 128, 128]);
      compositor.setScene(white, arranged(mode, 'p0'));
      compositor.compose(0);
      compositor.setScene(white, arranged(mode, 'p1'));
      const { x, y, width, height } = compositor.tiles[0]!;
      for (let now = 0; now <= transition; now += 10) {
        compositor.compose(now);
        const [luma] = readable(compositor.frame).planes;
        let sum = 0;
        for (let row = y; row < y + height; row += 1) {
          const start = row * luma!.stride + x;
          for (const value of luma!.data.subarray(start, start + width)) sum += value;
        }
        expect(sum / (width * height)).toBeGreaterThan(185);
      }
    },
  );

  it('costs less than three times what new pictures of everybody cost', () => {
    const compositor = compositorOf({ width: 1280, height: 720 });
    const crowd = people(25);
    const renew = (): void => {
      for (const person of crowd) person.frame = { ...person.frame! };
    };
    const cheapest = { still: Infinity, moving: Infinity };
    let now = 0;
    const time = (what: keyof typeof cheapest): void => {
      renew();
      now += tick;
      // Of the processor: on a busy machine what takes longer is interrupted more often.
      const start = process.cpuUsage();
      compositor.compose(now);
      const { user, system } = process.cpuUsage(start);
      cheapest[what] = Math.min(cheapest[what], user + system);
    };
    for (let round = 0; round < 12; round += 1) {
      compositor.setScene(crowd.slice(round % 5), grid);
      for (let step = 0; step < 6; step += 1) time('moving');
      now += transition;
      compositor.compose(now);
      for (let step = 0; step < 6; step += 1) time('still');
    }
    expect(cheapest.moving / cheapest.still).toBeLessThan(3);
  });

  it('frees what it drew with: hundreds of them keep no more memory than a few', async () => {
    const compositor = compositorOf();
    const all = people(5);
    let now = 0;
    const change = async (times: number): Promise<number> => {
      for (let time = 0; time < times; time += 1) {
        compositor.setScene(all.slice(time % 3), arranged(time % 2 ? 'speaker' : 'grid'));
        for (let step = 0; step < 3; step += 1) compositor.compose((now += tick));
      }
      return nativeInUse();
    };
    const few = await change(100);
    expect((await change(300)) - few).toBeLessThan(64 * 1024 * 1024);
  });

  it('refuses to take less than no time', () => {
    for (const transitionMs of [-1, Number.NaN, Infinity]) {
      expect(() => compositorOf({ transitionMs })).toThrow(TypeError);
    }
  });
});
