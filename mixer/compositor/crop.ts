import { evenFloor, type Rectangle, type Size } from './geometry.ts';
import type { Fit } from './layout-types.ts';

/** Which part of a source goes where in a tile. */
export interface Crop {
  /** In the source: even offset; as odd as the source where it is not cut. */
  readonly from: Rectangle;
  /** In the tile, from its top left corner; all even. */
  readonly to: Rectangle;
}

/**
 * `cover`: the largest part of the source with the tile's shape; from the middle, but from about the upper third
 * of an upright source, where faces are. `contain`: all of the source, in the middle of the tile.
 */
export function cropOf(source: Size, tile: Size, fit: Fit): Crop {
  return fit === 'cover' ? cover(source, tile) : contain(source, tile);
}

function cover(source: Size, tile: Size): Crop {
  const scale = Math.max(tile.width / source.width, tile.height / source.height);
  const width = cut(tile.width / scale, source.width);
  const height = cut(tile.height / scale, source.height);
  const middle = source.height > source.width ? source.height / 3 : source.height / 2;
  const top = Math.min(source.height - height, Math.max(0, middle - height / 2));
  return {
    from: { x: evenFloor((source.width - width) / 2), y: evenFloor(top), width, height },
    to: { x: 0, y: 0, width: tile.width, height: tile.height },
  };
}

/** An even length, or the whole one (which may be odd) where less than 2 pixels would be cut off. */
function cut(wanted: number, whole: number): number {
  return whole - wanted < 2 ? whole : Math.max(2, 2 * Math.round(wanted / 2));
}

function contain(source: Size, tile: Size): Crop {
  const scale = Math.min(tile.width / source.width, tile.height / source.height);
  const width = Math.min(tile.width, Math.max(2, 2 * Math.round((source.width * scale) / 2)));
  const height = Math.min(tile.height, Math.max(2, 2 * Math.round((source.height * scale) / 2)));
  return {
    from: { x: 0, y: 0, width: source.width, height: source.height },
    to: {
      x: evenFloor((tile.width - width) / 2),
      y: evenFloor((tile.height - height) / 2),
      width,
      height,
    },
  };
}
