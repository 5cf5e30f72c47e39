import { overlaps, type Rectangle } from './geometry.ts';

/** Where something is on the canvas at a moment. */
export interface Place extends Rectangle {
  /** From 0, not to be seen, to 1. */
  readonly opacity: number;
}

/** How something gets from one place to another. */
export interface Motion {
  readonly from: Place;
  readonly to: Place;
  /** Milliseconds of the compositor's clock; -Infinity for what is there already. */
  readonly startMs: number;
}

/** What is there and stays. */
export function still(tile: Rectangle): Motion {
  const place = placeOf(tile, 1);
  return { from: place, to: place, startMs: Number.NEGATIVE_INFINITY };
}

/** Coming: fades in where it belongs. */
export function arrival(tile: Rectangle, startMs: number): Motion {
  return { from: placeOf(tile, 0), to: placeOf(tile, 1), startMs };
}

/** Going: fades out where it is. */
export function departure(from: Place, startMs: number): Motion {
  return { from, to: placeOf(from, 0), startMs };
}

/** On its way to a tile from where it is now; undisturbed if that is where it is going anyway. */
export function redirected(
  motion: Motion,
  tile: Rectangle,
  nowMs: number,
  durationMs: number,
): Motion {
  if (sameRectangle(motion.to, tile)) return motion;
  return { from: placeAt(motion, nowMs, durationMs), to: placeOf(tile, 1), startMs: nowMs };
}

/**
 * Whether something is to fade, out where it is and in at its new place, instead of moving: when it shrinks and leaves its
 * place to another tile. That one grows over it, and nobody looks at an empty canvas meanwhile.
 */
export function isReplaced({ to }: Motion, tile: Rectangle, others: readonly Rectangle[]): boolean {
  const shrinks = tile.width * tile.height < to.width * to.height;
  return shrinks && others.some((other) => sameRectangle(other, to));
}

/** Whether something has arrived. */
export function hasArrived({ startMs }: Motion, nowMs: number, durationMs: number): boolean {
  return nowMs - startMs >= durationMs;
}

/** Where something is: eased in and out, at even pixels, and exactly where it belongs from `durationMs` on. */
export function placeAt(motion: Motion, nowMs: number, durationMs: number): Place {
  const { from, to } = motion;
  if (hasArrived(motion, nowMs, durationMs)) return to;
  const time = Math.max(0, (nowMs - motion.startMs) / durationMs);
  // Of the curves that start and end at rest one of the slowest at its fastest: there are six pictures or so to show it.
  const part = time * time * (3 - 2 * time);
  const between = (a: number, b: number): number => a + (b - a) * part;
  const even = (a: number, b: number): number => 2 * Math.round(between(a, b) / 2);
  const x = even(from.x, to.x);
  const y = even(from.y, to.y);
  return {
    x,
    y,
    width: even(from.x + from.width, to.x + to.width) - x,
    height: even(from.y + from.height, to.y + to.height) - y,
    opacity: between(from.opacity, to.opacity),
  };
}

/**
 * In which order things in motion are drawn, from the lowest: those that fade in, the shrinking, those that keep their
 * size, the growing; as they are within each of these. Where places lie on one another in the end (`pip`), all stay in the
 * order they are to have then.
 */
export function inDrawingOrder<Thing extends { readonly motion: Motion }>(
  things: readonly Thing[],
): readonly Thing[] {
  const stacked = things.some(({ motion }, index) =>
    things.slice(0, index).some((below) => overlaps(below.motion.to, motion.to)),
  );
  return stacked ? things : things.toSorted((a, b) => rankOf(a.motion) - rankOf(b.motion));
}

function rankOf({ from, to }: Motion): number {
  if (from.opacity < 1) return 0;
  return 2 + Math.sign(to.width * to.height - from.width * from.height);
}

function placeOf({ x, y, width, height }: Rectangle, opacity: number): Place {
  return { x, y, width, height, opacity };
}

function sameRectangle(a: Rectangle, b: Rectangle): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}
