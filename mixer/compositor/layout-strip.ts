import { evenFloor, fit16by9, gapOf, type Rectangle, type Size } from './geometry.ts';
import { tileOf, type Layout, type LayoutMember } from './layout-types.ts';

/** The part of the canvas' longer side that the strip takes. */
const stripShare = 0.2;

/**
 * One member large, the others small in a strip beside it (below it on an upright canvas), in join order. Those
 * for whom the strip has no place are counted in its last cell.
 */
export function stripLayout(
  main: LayoutMember,
  members: readonly LayoutMember[],
  canvas: Size,
): Layout {
  const others = members.filter((member) => member.id !== main.id);
  if (others.length === 0) {
    return { tiles: [tileOf(main, { x: 0, y: 0, ...canvas })], overflow: null };
  }
  const { large, small } = divide(others.length, canvas);
  const shown = others.length > small.length ? small.length - 1 : others.length;
  const last = small[shown];
  return {
    tiles: [
      tileOf(main, large),
      ...others.slice(0, shown).flatMap((member, index) => {
        const cell = small[index];
        return cell === undefined ? [] : [tileOf(member, cell)];
      }),
    ],
    overflow: last === undefined ? null : { count: others.length - shown, ...last },
  };
}

/** The large rectangle, and as many small ones as are wanted and fit. */
function divide(wanted: number, canvas: Size): { large: Rectangle; small: Rectangle[] } {
  const gap = gapOf(canvas);
  const upright = canvas.height > canvas.width;
  // Along is the direction of the strip, across the other one.
  const along = upright ? canvas.width : canvas.height;
  const across = upright ? canvas.height : canvas.width;
  const tile = upright
    ? fit16by9(along - 2 * gap, across * stripShare - 2 * gap)
    : fit16by9(across * stripShare - 2 * gap, along - 2 * gap);
  const tileAlong = upright ? tile.width : tile.height;
  const tileAcross = upright ? tile.height : tile.width;
  const capacity = Math.max(1, Math.floor((along - gap) / (tileAlong + gap)));
  const count = Math.min(wanted, capacity);
  const start = evenFloor((along - count * tileAlong - (count - 1) * gap) / 2);
  const stripAt = evenFloor(across - gap - tileAcross);
  const place = (a: number, c: number, lengthAlong: number, lengthAcross: number): Rectangle =>
    upright
      ? { x: a, y: c, width: lengthAlong, height: lengthAcross }
      : { x: c, y: a, width: lengthAcross, height: lengthAlong };
  return {
    large: place(gap, gap, evenFloor(along - 2 * gap), stripAt - 2 * gap),
    small: Array.from({ length: count }, (_, index) =>
      place(start + index * (tileAlong + gap), stripAt, tileAlong, tileAcross),
    ),
  };
}
