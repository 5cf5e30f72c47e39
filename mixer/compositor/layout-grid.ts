import { gapOf, isWide, type Size } from './geometry.ts';
import { capacityOf, readableTile, seat, shapeFor, type Room } from './layout-cells.ts';
import { tileOf, type Layout, type LayoutMember } from './layout-types.ts';

/** So many members have a tile each on any canvas, be it too small for readable ones. */
const leastCapacity = 16;

/**
 * Equal tiles in join order, row by row, as high as they can be; a short last row is centred. One member alone fills
 * the canvas. Those for whom there is no readable tile are counted in the last place.
 *
 * While the last row is not full, somebody who joins moves nobody but those in that row. Somebody who leaves moves
 * those after them, and the last row, unless fewer columns or rows are enough for the rest.
 */
export function gridLayout(members: readonly LayoutMember[], canvas: Size): Layout {
  const [first] = members;
  if (first === undefined) return { tiles: [], overflow: null };
  if (members.length === 1) {
    return { tiles: [tileOf(first, { x: 0, y: 0, ...canvas })], overflow: null };
  }
  const room = roomOf(canvas);
  const capacity = capacityOf(room);
  const shown = members.length > capacity ? capacity - 1 : members.length;
  const shape = shapeFor(Math.min(members.length, capacity), room);
  return seat(members.slice(0, shown), members.length - shown, shape, room);
}

function roomOf(canvas: Size): Room {
  const gap = gapOf(canvas);
  const room: Room = {
    area: { x: gap, y: gap, width: canvas.width - 2 * gap, height: canvas.height - 2 * gap },
    gap,
    smallest: readableTile,
    largest: canvas,
    narrow: !isWide(canvas),
    rows: 'middle',
  };
  if (capacityOf(room) >= leastCapacity) return room;
  const { tile } = shapeFor(leastCapacity, { ...room, smallest: { width: 2, height: 2 } });
  return { ...room, smallest: tile };
}
