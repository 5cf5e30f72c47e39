import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rectangle } from '../../../mixer/compositor/geometry.ts';
import {
  arrival,
  departure,
  hasArrived,
  inDrawingOrder,
  isReplaced,
  type Motion,
  placeAt,
  redirected,
  still,
} from '../../../mixer/compositor/transition.ts';

const duration = 250;
const left = { x: 10, y: 20, width: 100, height: 60 };
const right = { x: 300, y: 40, width: 200, height: 120 };
const onWhole = (tile: Rectangle) => ({ ...tile, opacity: 1 });
const move = (from: Rectangle, to: Rectangle, startMs = 0): Motion =>
  redirected(still(from), to, startMs, duration);

const side = fc.integer({ min: 1, max: 400 }).map((half) => 2 * half);
const offset = fc.integer({ min: 0, max: 400 }).map((half) => 2 * half);
const rectangles = fc.record({ x: offset, y: offset, width: side, height: side });

describe('a motion', () => {
  it('starts where it was, ends where it belongs, and is over then', () => {
    const motion = move(left, right, 1000);
    expect(placeAt(motion, 1000, duration)).toEqual(onWhole(left));
    expect(hasArrived(motion, 1249, duration)).toBe(false);
    expect(placeAt(motion, 1250, duration)).toEqual(onWhole(right));
    expect(hasArrived(motion, 1250, duration)).toBe(true);
    expect(placeAt(motion, 99_999, duration)).toEqual(onWhole(right));
  });

  it('is at rest at both ends and half-way in the middle', () => {
    const motion = move({ ...left, x: 0 }, { ...left, x: 1000 });
    const at = (part: number) => placeAt(motion, part * duration, duration).x;
    expect(at(0.5)).toBe(500);
    expect(at(0.04)).toBeLessThan(10);
    expect(at(0.96)).toBeGreaterThan(990);
  });

  it('takes no time where transitions take none', () => {
    expect(placeAt(move(left, right, 1000), 1000, 0)).toEqual(onWhole(right));
  });

  it('keeps all edges between those of both ends, at even pixels, and never goes back', () => {
    const edges = ({ x, y, width, height }: Rectangle) => [x, y, x + width, y + height];
    fc.assert(
      fc.property(rectangles, rectangles, (from, to) => {
        const motion = move(from, to);
        let before = edges(from);
        for (let now = 0; now <= duration; now += 10) {
          const place = placeAt(motion, now, duration);
          if (place.width < 2 || place.height < 2) return false;
          const after = edges(place);
          const fine = after.every((edge, index) => {
            const direction = Math.sign(edges(to)[index]! - edges(from)[index]!);
            const goneOn = (edge - before[index]!) * direction;
            const left = (edges(to)[index]! - edge) * direction;
            return edge % 2 === 0 && goneOn >= 0 && left >= 0;
          });
          if (!fine) return false;
          before = after;
        }
        return true;
      }),
    );
  });

  it('goes on from where it is when it is sent elsewhere', () => {
    fc.assert(
      fc.property(
        rectangles,
        rectangles,
        rectangles,
        fc.integer({ min: 0, max: 300 }),
        (from, to, then, now) => {
          const motion = move(from, to);
          fc.pre(JSON.stringify(to) !== JSON.stringify(then));
          const other = redirected(motion, then, now, duration);
          expect(placeAt(other, now, duration)).toEqual(placeAt(motion, now, duration));
          expect(placeAt(other, now + duration, duration)).toEqual(onWhole(then));
        },
      ),
    );
  });

  it('is undisturbed when it is sent to where it goes anyway', () => {
    const motion = move(left, right);
    expect(redirected(motion, { ...right }, 100, duration)).toBe(motion);
    const coming = arrival(right, 0);
    expect(redirected(coming, { ...right }, 100, duration)).toBe(coming);
  });

  it('fades in what comes, and out what goes, on the spot', () => {
    expect(placeAt(arrival(left, 0), 0, duration)).toEqual({ ...left, opacity: 0 });
    expect(placeAt(arrival(left, 0), 125, duration)).toEqual({ ...left, opacity: 0.5 });
    expect(placeAt(departure(onWhole(left), 0), 125, duration)).toEqual({ ...left, opacity: 0.5 });
    expect(placeAt(departure(onWhole(left), 0), 250, duration)).toEqual({ ...left, opacity: 0 });
  });

  it('of somebody who is still fading in goes on fading in elsewhere', () => {
    const other = redirected(arrival(left, 0), right, 125, duration);
    expect(placeAt(other, 125, duration)).toEqual({ ...left, opacity: 0.5 });
    expect(placeAt(other, 375, duration)).toEqual(onWhole(right));
  });
});

describe('a tile is replaced', () => {
  const large = { x: 0, y: 0, width: 400, height: 300 };
  const small = { x: 420, y: 0, width: 100, height: 60 };
  const others = [small, large];

  it('where it shrinks and another one gets its very place', () => {
    expect(isReplaced(still(large), small, [large, { ...small, y: 80 }])).toBe(true);
    expect(isReplaced(still(large), small, [small, { ...large, x: 2 }])).toBe(false);
  });

  it('but not where it grows, or is only pushed on', () => {
    expect(isReplaced(still(small), large, others)).toBe(false);
    expect(isReplaced(still(small), { ...small, y: 80 }, others)).toBe(false);
    expect(isReplaced(still(large), large, others)).toBe(false);
  });
});

describe('the drawing order', () => {
  const small = { x: 0, y: 0, width: 20, height: 20 };
  const large = { x: 40, y: 0, width: 200, height: 200 };

  it('has the growing above all, then what stays, the shrinking, and what comes', () => {
    const far = (tile: Rectangle, x: number): Rectangle => ({ ...tile, x });
    const growing = { motion: move(small, far(large, 1000)) };
    const staying = { motion: still(far(large, 2000)) };
    const moving = { motion: move(large, far(large, 3000)) };
    const shrinking = { motion: move(large, far(small, 4000)) };
    const coming = { motion: arrival(far(large, 5000), 0) };
    expect(inDrawingOrder([growing, staying, shrinking, coming, moving])).toEqual([
      coming,
      shrinking,
      staying,
      moving,
      growing,
    ]);
  });

  it('is that of the layout where tiles are to lie on one another', () => {
    const inset = { x: 60, y: 20, width: 20, height: 20 };
    const growing = { motion: move(small, large) };
    const shrinking = { motion: move(large, inset) };
    const things = [growing, shrinking];
    expect(inDrawingOrder(things)).toEqual(things);
  });
});
