import { evenFloor, fit16by9, gapOf, type Rectangle, type Size } from './geometry.ts';
import { tileOf, type Layout, type LayoutMember } from './layout-types.ts';

/** Most cells of a grid: with more members, the last cell counts the rest. */
export const maxGridCells = 49;

/**
 * Equal 16:9 tiles in join order, row by row, as large as they can be; a short last row is centred.
 * One member alone fills the canvas.
 */
export function gridLayout(members: readonly LayoutMember[], canvas: Size): Layout {
  const [first] = members;
  if (first !== undefined && members.length === 1) {
    return { tiles: [tileOf(first, { x: 0, y: 0, ...canvas })], overflow: null };
  }
  const cells = gridCells(Math.min(members.length, maxGridCells), canvas);
  const shown = members.length > maxGridCells ? maxGridCells - 1 : members.length;
  const last = cells[shown];
  return {
    tiles: members.slice(0, shown).flatMap((member, index) => {
      const cell = cells[index];
      return cell === undefined ? [] : [tileOf(member, cell)];
    }),
    overflow: last === undefined ? null : { count: members.length - shown, ...last },
  };
}

function gridCells(count: number, canvas: Size): Rectangle[] {
  if (count === 0) return [];
  const gap = gapOf(canvas);
  const { columns, tile } = bestColumns(count, canvas, gap);
  const rows = Math.ceil(count / columns);
  const top = centred(rows, tile.height, gap, canvas.height);
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = centred(inRow, tile.width, gap, canvas.width);
    return {
      x: left + (index - row * columns) * (tile.width + gap),
      y: top + row * (tile.height + gap),
      ...tile,
    };
  });
}

/** Where the first of `count` boxes begins so that all of them, with gaps between, are in the middle. */
function centred(count: number, length: number, gap: number, available: number): number {
  return evenFloor((available - count * length - (count - 1) * gap) / 2);
}

function bestColumns(count: number, canvas: Size, gap: number): { columns: number; tile: Size } {
  let best = { columns: 1, tile: { width: 0, height: 0 } };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const width = (canvas.width - gap * (columns + 1)) / columns;
    const height = (canvas.height - gap * (rows + 1)) / rows;
    if (width < 2 || height < 2) continue;
    const tile = fit16by9(width, height);
    if (tile.width * tile.height > best.tile.width * best.tile.height) best = { columns, tile };
  }
  return best;
}
