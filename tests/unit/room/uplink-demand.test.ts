import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layout } from '../../../mixer/compositor/layout.ts';
import { type Arrangement, UplinkDemands, type Watched } from '../../../mcu/room/uplink-demand.ts';
import { type VideoDemand, wantedHeight } from '../../../mcu/room/uplink-size.ts';

const canvas = { width: 1280, height: 720 };
const fps = 25;
const high: Watched = { scale: 1, fps };
const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p'];

const crowd = (count: number) => ids.slice(0, count).map((id) => ({ id, screen: false }));
const grid = (count: number): Arrangement => ({
  ...layout(crowd(count), 'grid', canvas, { pinned: null, speaker: null, page: 0 }),
  turns: false,
});
const only = (id: string, size = canvas): Arrangement => ({
  tiles: [{ id, ...size }],
  overflow: null,
  turns: false,
});

/** A room of the given people whose demands are kept as their browsers would. */
class Stage {
  readonly demands = new UplinkDemands(canvas, fps, 10_000);
  readonly asked = new Map<string, VideoDemand>();
  readonly people: { id: string; screen: boolean }[];
  arrangement: Arrangement;
  watched = high;
  #nowMs = 0;

  constructor(count: number, arrangement = grid(count)) {
    this.people = crowd(count);
    this.arrangement = arrangement;
    this.look();
  }

  /** Who was asked for something now. */
  look(): string[] {
    const news = this.demands.update(this.people, this.arrangement, this.watched, this.#nowMs);
    for (const [id, demand] of news) this.asked.set(id, demand);
    return [...news.keys()];
  }

  /** Looks every 200 ms while time passes. */
  pass(ms: number): string[] {
    const news: string[] = [];
    for (let passed = 0; passed < ms; passed += 200) {
      this.#nowMs += 200;
      news.push(...this.look());
    }
    return news;
  }
}

describe('what a browser is asked to send', () => {
  it.each([
    [1, 720, 25],
    [2, 360, 25],
    [4, 360, 25],
    [9, 270, 25],
    [16, 180, 15],
  ])('in a grid of %i is %i pixels high, %i pictures a second', (count, height, rate) => {
    const stage = new Stage(count);
    expect(stage.asked.size).toBe(count);
    for (const demand of stage.asked.values()) {
      expect(demand).toMatchObject({ height, width: (height * 16) / 9, fps: rate });
    }
  });

  it('is fewer bits where it is fewer pixels or pictures', () => {
    const bitrates = [1, 2, 9, 16].map((count) => new Stage(count).asked.get('a')!.bitrate);
    expect(bitrates).toEqual(bitrates.toSorted((a, b) => b - a));
    expect(new Set(bitrates).size).toBe(4);
  });

  it('has at least the pixels of its tile on the largest rung, and never more than the canvas needs', () => {
    const side = (most: number) => fc.integer({ min: 8, max: most / 2 }).map((half) => 2 * half);
    fc.assert(
      fc.property(
        fc.record({ width: side(3840), height: side(2160) }),
        fc.constantFrom(1, 0.5, 0.25),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        (whole, scale, x, y) => {
          const tile = { width: whole.width * x, height: whole.height * y };
          const height = wantedHeight(tile, whole, scale);
          expect(height).toBeGreaterThanOrEqual(tile.height * scale);
          expect((height * 16) / 9).toBeGreaterThanOrEqual(tile.width * scale);
          const most = Math.max(90, whole.height, (whole.width * 9) / 16);
          expect(height).toBeLessThanOrEqual(most + 2);
        },
      ),
    );
  });

  it('follows the largest rung somebody watches, in size and rate', () => {
    const stage = new Stage(1);
    stage.watched = { scale: 0.5, fps: 25 };
    stage.pass(10_000);
    expect(stage.asked.get('a')).toMatchObject({ width: 640, height: 360, fps: 25 });
    stage.watched = { scale: 0.25, fps: 12.5 };
    stage.pass(10_000);
    expect(stage.asked.get('a')).toMatchObject({ width: 320, height: 180, fps: 13 });
    stage.watched = high;
    expect(stage.look()).toEqual(['a']);
    expect(stage.asked.get('a')).toMatchObject({ height: 720, fps: 25 });
  });

  it('is for a screen fewer pictures and more bits, at once when it takes the place of a camera', () => {
    const stage = new Stage(1);
    const camera = stage.asked.get('a')!;
    stage.people[0]!.screen = true;
    expect(stage.look()).toEqual(['a']);
    const screen = stage.asked.get('a')!;
    expect(screen).toMatchObject({ width: 1280, height: 720 });
    expect(screen.fps).toBeLessThan(camera.fps);
    expect(screen.bitrate).toBeGreaterThan(camera.bitrate);
    stage.people[0]!.screen = false;
    stage.look();
    expect(stage.asked.get('a')).toEqual(camera);
  });
});

describe('changes', () => {
  it('go up at once, and down after 10 s', () => {
    const stage = new Stage(9);
    expect(stage.pass(30_000)).toEqual([]);
    stage.arrangement = only('a');
    expect(stage.look()).toEqual(['a']);
    expect(stage.asked.get('a')!.height).toBe(720);
    stage.arrangement = grid(9);
    expect(stage.pass(9_800)).toEqual([]);
    expect(stage.pass(200)).toEqual(['a']);
    expect(stage.asked.get('a')!.height).toBe(270);
    expect(stage.pass(30_000)).toEqual([]);
  });

  it('go down at once where nothing is held', () => {
    const demands = new UplinkDemands(canvas, fps, 0);
    const ask = (arrangement: Arrangement, nowMs: number): number | undefined =>
      demands.update(crowd(9), arrangement, high, nowMs).get('a')?.height;
    expect(ask(only('a'), 0)).toBe(720);
    expect(ask(grid(9), 0)).toBe(270);
    expect(ask(grid(9), 200)).toBeUndefined();
  });

  it('do not come while the layout goes back and forth', () => {
    const stage = new Stage(9, only('a'));
    for (let turn = 0; turn < 10; turn++) {
      stage.arrangement = turn % 2 === 0 ? grid(9) : only('a');
      const news = stage.pass(9_000);
      expect(news).not.toContain('a');
    }
    expect(stage.asked.get('a')!.height).toBe(720);
  });

  it('stop the video of whoever is not seen for 10 s, and start it at once', () => {
    const stage = new Stage(2);
    stage.arrangement = only('a');
    stage.pass(9_800);
    expect(stage.asked.get('b')!.fps).toBe(25);
    expect(stage.pass(200)).toContain('b');
    expect(stage.asked.get('b')).toMatchObject({ fps: 0, bitrate: 0 });
    stage.arrangement = grid(2);
    expect(stage.look()).toEqual(['b']);
    expect(stage.asked.get('b')!.fps).toBe(25);
  });

  it('stop everybody when nobody watches, but newcomers begin as if they did', () => {
    const stage = new Stage(1);
    stage.watched = { scale: 0, fps: 0 };
    stage.pass(10_000);
    expect(stage.asked.get('a')!.fps).toBe(0);
    stage.people.push({ id: 'b', screen: false });
    stage.arrangement = grid(2);
    expect(stage.look()).toEqual(['b']);
    expect(stage.asked.get('b')).toMatchObject({ height: 360, fps: 25 });
    stage.pass(10_000);
    expect(stage.asked.get('b')!.fps).toBe(0);
  });

  it('do not come with the pages of a strip', () => {
    const stage = new Stage(16);
    const choice = { pinned: 'a', speaker: null };
    const page = (index: number): Arrangement => ({
      ...layout(crowd(16), 'speaker', canvas, { ...choice, page: index }),
      turns: true,
    });
    stage.arrangement = page(0);
    stage.pass(20_000);
    const seen = new Set<string>();
    for (let turn = 1; turn < 12; turn++) {
      stage.arrangement = page(turn);
      for (const { id } of stage.arrangement.tiles) seen.add(id);
      expect(stage.pass(10_000)).toEqual([]);
    }
    expect(seen.size).toBe(16);
    for (const demand of stage.asked.values()) expect(demand.fps).toBeGreaterThan(0);
    expect(stage.asked.get('p')!.height).toBeLessThan(stage.asked.get('a')!.height);
  });

  it('forget who has gone: who comes again is a newcomer', () => {
    const stage = new Stage(2);
    stage.people.pop();
    stage.look();
    stage.people.push({ id: 'b', screen: false });
    expect(stage.look()).toEqual(['b']);
  });

  it('ask always for the most that was wanted in the last 10 s, and never twice for the same', () => {
    const wish = fc.record({
      height: fc.constantFrom(0, 90, 180, 360, 720),
      ms: fc.integer({ min: 1, max: 40 }).map((ticks) => ticks * 200),
    });
    fc.assert(
      fc.property(fc.array(wish, { minLength: 1, maxLength: 20 }), (wishes) => {
        const demands = new UplinkDemands(canvas, fps, 10_000);
        const history: { atMs: number; height: number }[] = [];
        let nowMs = 0;
        let asked: VideoDemand | undefined;
        for (const { height, ms } of wishes) {
          for (const end = nowMs + ms; nowMs < end; nowMs += 200) {
            const arrangement =
              height === 0
                ? { tiles: [], overflow: null, turns: false }
                : only('a', { width: (height * 16) / 9, height });
            const news = demands.update(crowd(1), arrangement, high, nowMs).get('a');
            expect(news === undefined || JSON.stringify(news) !== JSON.stringify(asked)).toBe(true);
            asked = news ?? asked;
            history.push({ atMs: nowMs, height });
            const recent = history.filter(({ atMs }) => nowMs - atMs < 10_000);
            const most = Math.max(...recent.map((each) => each.height));
            expect(asked!.fps === 0 ? 0 : asked!.height).toBe(most);
          }
        }
      }),
    );
  });
});
