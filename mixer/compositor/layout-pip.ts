import { evenFloor, fit16by9, gapOf, type Rectangle, type Size } from './geometry.ts';
import { tileOf, type Layout, type LayoutMember } from './layout-types.ts';

/** The part of the canvas that the inset takes, in each direction. */
const insetShare = 0.25;

/**
 * One member over the whole canvas and the first of the others in a corner on top of it; further ones are
 * counted in a square beside that inset.
 */
export function pipLayout(
  main: LayoutMember,
  members: readonly LayoutMember[],
  canvas: Size,
): Layout {
  const [other, ...rest] = members.filter((member) => member.id !== main.id);
  const background = tileOf(main, { x: 0, y: 0, ...canvas });
  if (other === undefined) return { tiles: [background], overflow: null };
  const margin = 2 * gapOf(canvas);
  const size = fit16by9(canvas.width * insetShare, canvas.height * insetShare);
  const inset: Rectangle = {
    x: evenFloor(canvas.width - margin - size.width),
    y: evenFloor(canvas.height - margin - size.height),
    ...size,
  };
  return {
    tiles: [background, tileOf(other, inset)],
    overflow:
      rest.length === 0
        ? null
        : {
            count: rest.length,
            x: inset.x - gapOf(canvas) - size.height,
            y: inset.y,
            width: size.height,
            height: size.height,
          },
  };
}
