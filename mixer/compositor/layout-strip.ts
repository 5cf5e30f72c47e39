import { evenFloor, fit16by9, gapOf, isWide, type Rectangle, type Size } from './geometry.ts';
import { capacityOf, readableTile, seat, shapeFor, type Room } from './layout-cells.ts';
import { tileOf, type Fit, type Layout, type LayoutMember } from './layout-types.ts';

/**
 * The strip is as wide as it must be for so many tiles in a full line along the large one: as many as are readable,
 * within these limits.
 */
const mostInLine = 6;
const leastInLine = 4;

/** No tile of the strip is larger than this part of the large one, in each direction. */
const largestShare = 0.75;

/**
 * The large tile of an upright canvas is not higher than this part of its width: more would cut too much from the
 * sides of a camera's picture, or be bars above and below a screen.
 */
const highest: Readonly<Record<Fit, number>> = { cover: 5 / 4, contain: 3 / 4 };

/** A canvas with one large tile. */
interface Stage {
  readonly large: Rectangle;
  readonly strip: Room;
}

/**
 * One member large, the others small in a strip beside it (below it on a canvas that is not wide), in join order, a
 * page of them if the strip cannot hold all. The large tile has the same place however many the others are, and the
 * tiles of the strip get smaller, as those of a grid, only when a row more does not fit.
 */
export function stripLayout(
  main: LayoutMember,
  members: readonly LayoutMember[],
  canvas: Size,
  { speaker, page }: { readonly speaker: string | null; readonly page: number },
): Layout {
  const others = members.filter((member) => member.id !== main.id);
  if (others.length === 0) {
    return { tiles: [tileOf(main, { x: 0, y: 0, ...canvas })], overflow: null };
  }
  const { large, strip } = stageOf(main, canvas);
  const capacity = capacityOf(strip);
  const pages = paged(others, speaker, capacity);
  const shown = pages.at(page % pages.length) ?? [];
  // The last page may be short: it has the arrangement of the others all the same.
  const shape = shapeFor(Math.min(others.length, capacity), strip);
  const { tiles, overflow } = seat(shown, others.length - shown.length, shape, strip);
  return { tiles: [tileOf(main, large), ...tiles], overflow };
}

/** How many pages the strip of {@link stripLayout} has. */
export function stripPages(
  main: LayoutMember,
  members: readonly LayoutMember[],
  canvas: Size,
): number {
  const others = members.filter((member) => member.id !== main.id);
  return paged(others, null, capacityOf(stageOf(main, canvas).strip)).length;
}

/**
 * Deals the others out to pages, in join order. If there is more than one page, one place of each is the overflow's,
 * and who speaks has the last place of the first page if theirs is not on it; the order of the rest does not change.
 */
function paged(
  others: readonly LayoutMember[],
  speaker: string | null,
  capacity: number,
): (readonly LayoutMember[])[] {
  if (others.length <= capacity) return [others];
  const size = capacity - 1;
  const speaking = others.slice(size).find(({ id }) => id === speaker);
  const order =
    speaking === undefined
      ? others
      : [
          ...others.slice(0, size - 1),
          speaking,
          ...others.slice(size - 1).filter((member) => member !== speaking),
        ];
  return Array.from({ length: Math.ceil(order.length / size) }, (_, page) =>
    order.slice(page * size, (page + 1) * size),
  );
}

/** Divides the canvas. Depends on the fit of the large tile, but not on how many others there are. */
function stageOf(main: LayoutMember, canvas: Size): Stage {
  return isWide(canvas) ? besides(canvas) : below(canvas, main.screen ? 'contain' : 'cover');
}

function besides(canvas: Size): Stage {
  const gap = gapOf(canvas);
  const height = canvas.height - 2 * gap;
  const inColumn = fitting(height, gap, readableTile.height);
  const smallest = fit16by9(canvas.width, (height - (inColumn - 1) * gap) / inColumn);
  const free = canvas.width - 3 * gap;
  const width = evenFloor(Math.min(free - smallest.width, (height * 16) / 9));
  const large = { x: gap, y: gap, width, height };
  const area = { x: 2 * gap + width, y: gap, width: free - width, height };
  const largest = largestBeside(large);
  return { large, strip: { area, gap, smallest, largest, narrow: false, rows: 'top' } };
}

function below(canvas: Size, fit: Fit): Stage {
  const gap = gapOf(canvas);
  const width = canvas.width - 2 * gap;
  const inRow = fitting(width, gap, readableTile.width);
  const smallest = fit16by9((width - (inRow - 1) * gap) / inRow, canvas.height);
  const free = canvas.height - 3 * gap;
  const height = evenFloor(Math.min(free - smallest.height, width * highest[fit]));
  const large = { x: gap, y: gap, width, height };
  const area = { x: gap, y: 2 * gap + height, width, height: free - height };
  const largest = largestBeside(large);
  return { large, strip: { area, gap, smallest, largest, narrow: true, rows: 'middle' } };
}

function largestBeside(large: Size): Size {
  return { width: large.width * largestShare, height: large.height * largestShare };
}

/** How many tiles of at least the length `least` are in a full line of the strip. */
function fitting(available: number, gap: number, least: number): number {
  const most = Math.floor((available + gap) / (least + gap));
  return Math.min(mostInLine, Math.max(leastInLine, most));
}
