import { evenFloor, fit16by9, gapOf, type Rectangle, type Size } from './geometry.ts';
import { readableTile } from './layout-cells.ts';
import { tileOf, type Layout, type LayoutMember } from './layout-types.ts';

/** The inset takes this part of the canvas' area, whatever its shape, ... */
const insetShare = 1 / 16;

/** ... but not more than this part of a side. */
const mostOfSide = 0.4;

/**
 * One member over the whole canvas, and on top of it, in the lower right corner, the first of the others in join
 * order; further ones are counted in a small square beside that inset. Who joins last moves nothing.
 */
export function pipLayout(
  main: LayoutMember,
  members: readonly LayoutMember[],
  canvas: Size,
): Layout {
  const [other, ...rest] = members.filter((member) => member.id !== main.id);
  const background = tileOf(main, { x: 0, y: 0, ...canvas });
  if (other === undefined) return { tiles: [background], overflow: null };
  const inset = insetOf(canvas);
  return {
    tiles: [background, tileOf(other, inset)],
    overflow: rest.length === 0 ? null : { count: rest.length, ...besideOf(inset, gapOf(canvas)) },
  };
}

function insetOf(canvas: Size): Rectangle {
  const margin = 2 * gapOf(canvas);
  const wanted = Math.sqrt((canvas.width * canvas.height * insetShare * 16) / 9);
  const size = fit16by9(
    Math.min(Math.max(wanted, readableTile.width), canvas.width * mostOfSide),
    canvas.height * mostOfSide,
  );
  return {
    x: canvas.width - margin - size.width,
    y: canvas.height - margin - size.height,
    ...size,
  };
}

/** A square half as high as the inset, on its left, in line with its lower edge. */
function besideOf(inset: Rectangle, gap: number): Rectangle {
  const side = Math.max(2, evenFloor(inset.height / 2));
  return {
    x: inset.x - gap - side,
    y: inset.y + inset.height - side,
    width: side,
    height: side,
  };
}
