import { evenFloor, fit16by9, type Rectangle, type Size } from './geometry.ts';
import { tileOf, type Layout, type LayoutMember } from './layout-types.ts';

/**
 * The smallest tile in which a face and a name can be told, in canvas pixels: 49 of them fit on 1280x720. Tiles are
 * smaller only on a canvas too small for a few of these.
 */
export const readableTile: Size = { width: 160, height: 90 };

/** A part of the canvas to be filled with equal tiles, row by row, and what they may look like. */
export interface Room {
  /** All of it may be used: margins are outside. */
  readonly area: Rectangle;
  /** Pixels between tiles, even. */
  readonly gap: number;
  /** No tile is less wide or less high; even, and not larger than the area. */
  readonly smallest: Size;
  /** No tile is wider or higher. */
  readonly largest: Size;
  /** Whether tiles may be as narrow as 4:3 where that makes them clearly higher; else all are 16:9. */
  readonly narrow: boolean;
  /** Where the rows are if they do not take the whole height. */
  readonly rows: 'top' | 'middle';
}

/** How the tiles of a room are arranged. */
export interface Shape {
  readonly columns: number;
  readonly rows: number;
  readonly tile: Size;
}

/** A narrow tile must be higher by this factor than a 16:9 one: it costs the sides of a camera's picture. */
const clearGain = 1.05;

/** How many tiles a room can hold. */
export function capacityOf(room: Room): number {
  const { columns, rows } = most(room);
  return columns * rows;
}

/**
 * The arrangement of `count` tiles, from 1 to the capacity, with the highest tiles (the height of a tile decides how
 * large a face in it is), and of those the widest.
 *
 * It stays the same while members are added until its last row is full: the size of tiles depends on columns and rows
 * only, more of either never make it larger, and of equal ones the fewest columns win.
 */
export function shapeFor(count: number, room: Room): Shape {
  const limit = most(room);
  return Array.from({ length: Math.min(count, limit.columns) }, (_, index) => index + 1)
    .map((columns) => ({ columns, rows: Math.ceil(count / columns) }))
    .filter(({ rows }) => rows <= limit.rows)
    .map(({ columns, rows }): Shape => ({ columns, rows, tile: tileIn(columns, rows, room) }))
    .reduce((best, shape) => (isHigher(shape.tile, best.tile) ? shape : best));
}

/**
 * Gives the first places of an arrangement to `members`, row by row, and the next one to the count of those who are
 * `hidden`, if there are any. A short last row is centred.
 */
export function seat(
  members: readonly LayoutMember[],
  hidden: number,
  shape: Shape,
  room: Room,
): Layout {
  const cells = cellsOf(members.length + (hidden > 0 ? 1 : 0), shape, room);
  const last = cells[members.length];
  return {
    tiles: members.flatMap((member, index) => {
      const cell = cells[index];
      return cell === undefined ? [] : [tileOf(member, cell)];
    }),
    overflow: last === undefined ? null : { count: hidden, ...last },
  };
}

function cellsOf(count: number, { columns, rows, tile }: Shape, room: Room): Rectangle[] {
  const { area, gap } = room;
  const top = room.rows === 'top' ? 0 : halfSpare(rows, tile.height, gap, area.height);
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = halfSpare(inRow, tile.width, gap, area.width);
    return {
      x: area.x + left + (index - row * columns) * (tile.width + gap),
      y: area.y + top + row * (tile.height + gap),
      ...tile,
    };
  });
}

/** As many columns and rows as there can be. */
function most({ area, gap, smallest }: Room): { columns: number; rows: number } {
  return {
    columns: Math.floor((area.width + gap) / (smallest.width + gap)),
    rows: Math.floor((area.height + gap) / (smallest.height + gap)),
  };
}

function tileIn(columns: number, rows: number, room: Room): Size {
  const { area, gap, smallest, largest } = room;
  const width = Math.min(largest.width, (area.width - gap * (columns - 1)) / columns);
  const height = Math.min(largest.height, (area.height - gap * (rows - 1)) / rows);
  const wide = fit16by9(width, height);
  const narrowWidth = evenFloor(Math.min(width, (height * 16) / 9));
  const narrow: Size = {
    width: narrowWidth,
    height: evenFloor(Math.min(height, (narrowWidth * 3) / 4)),
  };
  const tile = room.narrow && narrow.height >= clearGain * wide.height ? narrow : wide;
  // What has been rounded to the shape of a tile can be a pixel or two below the smallest, which does fit.
  return {
    width: Math.max(tile.width, smallest.width),
    height: Math.max(tile.height, smallest.height),
  };
}

function isHigher(a: Size, b: Size): boolean {
  return a.height === b.height ? a.width > b.width : a.height > b.height;
}

/** What is free before the first of `count` boxes when all of them, with gaps between, are in the middle. */
function halfSpare(count: number, length: number, gap: number, available: number): number {
  return evenFloor((available - count * length - (count - 1) * gap) / 2);
}
