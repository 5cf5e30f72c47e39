import { overlaps, type Rectangle, type Size } from '../../mixer/compositor/geometry.ts';
import { scaledPlace } from '../../mixer/compositor/layout-scaled.ts';

/** A rectangle in per cent of what it is in: CSS puts it there, however large that is shown. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where a tile is in the picture. */
export function boxOf(tile: Rectangle, canvas: Size): Box {
  return {
    left: (100 * tile.x) / canvas.width,
    top: (100 * tile.y) / canvas.height,
    width: (100 * tile.width) / canvas.width,
    height: (100 * tile.height) / canvas.height,
  };
}

/** The position and size of a box as CSS declarations. */
export function cssOf({ left, top, width, height }: Box): string {
  return `left: ${left}%; top: ${top}%; width: ${width}%; height: ${height}%`;
}

/** Where a tile of the canvas is in a picture of it that comes in another size. */
export function scaledTile(tile: Rectangle, canvas: Size, picture: Size): Rectangle {
  const isWhole = canvas.width === picture.width && canvas.height === picture.height;
  return isWhole ? tile : scaledPlace(tile, canvas, picture);
}

/** How to magnify a picture about its top left corner, and move it, in per cent of its own size. */
export interface Zoom {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

/** Brings one box as large as it fits to the middle of the picture's frame, or as near as no edge of the picture gets inside. */
export function zoomOn({ left, top, width, height }: Box): Zoom {
  const scale = Math.min(100 / width, 100 / height);
  const moved = (start: number, length: number): number =>
    Math.min(0, Math.max(100 - 100 * scale, 50 - scale * (start + length / 2)));
  return { scale, left: moved(left, width), top: moved(top, height) };
}

/**
 * Which part of a source covers a tile, as `object-position`'s vertical per cent: the middle, but about the upper third of
 * an upright source, where faces are (mixer/compositor/crop.ts).
 */
export function coverPosition(source: Size, tile: Size): number {
  const shown = (tile.height * source.width) / tile.width;
  const cut = source.height - shown;
  if (source.height <= source.width || cut <= 0) return 50;
  return (100 * Math.min(cut, Math.max(0, source.height / 3 - shown / 2))) / cut;
}

/** A `clip-path` for a tile that leaves out what lies on top of it; null where nothing does. */
export function clipAround(tile: Rectangle, above: readonly Rectangle[]): string | null {
  const holes = above.filter((other) => overlaps(tile, other));
  if (holes.length === 0) return null;
  const point = (x: number, y: number): string =>
    `${(100 * (x - tile.x)) / tile.width}% ${(100 * (y - tile.y)) / tile.height}%`;
  const outline = ({ x, y, width, height }: Rectangle): string[] => [
    point(x, y),
    point(x + width, y),
    point(x + width, y + height),
    point(x, y + height),
    point(x, y),
  ];
  // One line around the tile and all holes; where it goes to a hole and back it encloses nothing.
  const points = holes.flatMap((hole) => [...outline(hole), point(tile.x, tile.y)]);
  return `polygon(evenodd, ${[...outline(tile), ...points].join(', ')})`;
}
