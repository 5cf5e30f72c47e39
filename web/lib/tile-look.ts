import type { Size } from './picture.ts';

/** The sizes of what the compositor writes on a tile, in pixels of the picture (mixer/compositor/overlay). */
export interface TileLook {
  /** Whether the tile is large enough for a name. */
  readonly legible: boolean;
  /** Whether it is large enough for badges. */
  readonly badges: boolean;
  /** Size of the name's font. */
  readonly font: number;
  /** Height of the name's ground. */
  readonly chip: number;
  /** Diameter of the badge with the raised hand. */
  readonly hand: number;
  /** From the tile's edges to name and badges. */
  readonly inset: number;
  /** Thickness of the border of who speaks. */
  readonly ring: number;
  /** Of the tile's corners. */
  readonly radius: number;
}

const leastFont = 11;
const leastBadges = 48;
/** The lowest tile with a name: on the canvas itself, and on a picture that is smaller than the canvas. */
const leastLegible = { whole: 76, scaled: 56 };

/**
 * How the compositor writes on a tile, so that what the page draws over it looks the same.
 *
 * @param tile - in pixels of the picture
 * @param picture - as it is received
 * @param isScaled - whether the picture is smaller than the canvas
 */
export function tileLook(tile: Size, picture: Size, isScaled: boolean): TileLook {
  const scale = Math.min(picture.width, picture.height) / 720;
  const height = Math.min(tile.height, tile.width * 0.75);
  const legible = height >= (isScaled ? leastLegible.scaled : leastLegible.whole);
  const font = Math.max(
    legible ? leastFont : 7,
    Math.round(Math.min(legible ? height * 0.053 : height * 0.12, 24 * scale)),
  );
  return {
    legible,
    badges: height >= leastBadges,
    font,
    chip: 2 * Math.round(font * 0.85),
    hand: 2 * Math.round(Math.min(font * 1.08, height * 0.115)),
    inset: 2 * Math.round(font * 0.27),
    ring: Math.max(2, Math.round(Math.min(3 * scale, height * 0.016))),
    radius: tileRadius(tile, picture),
  };
}

/** The radius of a tile's corners, in pixels of the picture: none where it fills that. */
export function tileRadius(tile: Size, picture: Size): number {
  if (tile.width === picture.width && tile.height === picture.height) return 0;
  const scale = Math.min(picture.width, picture.height) / 720;
  return 2 * Math.round(Math.min(6 * scale, Math.min(tile.width, tile.height) * 0.028));
}
