import type { Rectangle, Size } from './geometry.ts';
import type { Layout } from './layout-types.ts';

/**
 * A layout on a smaller canvas: everybody is where they are on the large one. Edges go to the nearest even pixel, so that
 * what is in line stays in line, and what does not overlap never does.
 */
export function scaledLayout(layout: Layout, from: Size, to: Size): Layout {
  if (from.width === to.width && from.height === to.height) return layout;
  const { tiles, overflow } = layout;
  return {
    tiles: tiles.map((tile) => ({ ...tile, ...scaledPlace(tile, from, to) })),
    overflow: overflow && { ...overflow, ...scaledPlace(overflow, from, to) },
  };
}

/** Where a place on a canvas is on a smaller one; see {@link scaledLayout}. */
export function scaledPlace({ x, y, width, height }: Rectangle, from: Size, to: Size): Rectangle {
  const across = span(x, width, from.width, to.width);
  const down = span(y, height, from.height, to.height);
  return { x: across.start, y: down.start, width: across.length, height: down.length };
}

function span(
  start: number,
  length: number,
  from: number,
  to: number,
): { readonly start: number; readonly length: number } {
  const edge = (position: number): number => 2 * Math.round((position * to) / from / 2);
  // Too small to be seen, but not to be painted.
  const first = Math.min(edge(start), to - 2);
  return { start: first, length: Math.max(2, edge(start + length) - first) };
}
