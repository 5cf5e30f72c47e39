import type { Size } from '../geometry.ts';

/** The sizes of a tile's decorations, in pixels. */
export interface Metrics {
  /** Whether there is room for a name: in a smaller tile it could not be read. */
  readonly legible: boolean;
  /** Whether there is room for badges. */
  readonly badges: boolean;
  /** Size of the label's font. */
  readonly font: number;
  /** Height of the label, and both sides of a mute badge that stands alone; even. */
  readonly chip: number;
  /** Diameter of the badge with the raised hand, even. */
  readonly hand: number;
  /** Diameter of the badge with a reaction, even. */
  readonly reaction: number;
  /** From the edges of the tile to label and badges, even. */
  readonly inset: number;
  /** Thickness of the speaking border. */
  readonly ring: number;
  /** Of the tile's corners, even. */
  readonly radius: number;
}

/** Smaller than this no text can be read in a compressed picture. */
export const leastFont = 11;
/** Text of the least font would take up too much of a tile that is lower than this. */
export const leastLegible = 76;
/** The same where a layout is drawn smaller than it was made for: whoever has a name on the large canvas is to keep it. */
export const leastLegibleScaled = 56;
/** In a lower tile a badge that can be made out would cover too much. */
const leastBadges = 48;

/**
 * The sizes that suit a tile of a canvas: in proportion, but not below what can be read nor coarse in a large one.
 *
 * @param lowest - height of the lowest tile with a name, in pixels
 */
export function metricsOf(tile: Size, canvas: Size, lowest = leastLegible): Metrics {
  const scale = Math.min(canvas.width, canvas.height) / 720;
  // An upright tile is measured by its width.
  const height = Math.min(tile.height, tile.width * 0.75);
  const legible = height >= lowest;
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
    reaction: 2 * Math.round(Math.min(Math.max(height * 0.13, 12), height * 0.35, 60 * scale)),
    inset: 2 * Math.round(font * 0.27),
    ring: Math.max(2, Math.round(Math.min(3 * scale, height * 0.016))),
    radius: radiusOf(tile, canvas),
  };
}

/**
 * The radius of a tile's corners in pixels: 12 at 720p, less in small tiles; even. 0 for a tile that fills the canvas,
 * around which there is nothing.
 */
export function radiusOf(tile: Size, canvas: Size): number {
  if (tile.width === canvas.width && tile.height === canvas.height) return 0;
  const scale = Math.min(canvas.width, canvas.height) / 720;
  return 2 * Math.round(Math.min(6 * scale, Math.min(tile.width, tile.height) * 0.028));
}
