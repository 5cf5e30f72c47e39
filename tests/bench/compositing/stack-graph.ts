import type { Rectangle } from '../../../mixer/compositor/geometry.ts';
import { canvas } from './task.ts';

/** The part of a filter graph that makes tiles of `[0:v]`, `[1:v]`, … and lays them on a black canvas; without its last label. */
export function stackGraph(tiles: readonly Rectangle[]): string {
  const scaled = tiles.map(
    ({ width, height }, index) => `[${index}:v]scale=${width}:${height}:flags=area[t${index}]`,
  );
  const places = tiles.map(({ x, y }) => `${x}_${y}`).join('|');
  const all = tiles.map((_, index) => `[t${index}]`).join('');
  return [
    ...scaled,
    // What is right of and below the last tile is not xstack's; `pad` makes room for it without a copy.
    `${all}xstack=inputs=${tiles.length}:layout=${places}:fill=black,pad=${canvas.width}:${canvas.height}`,
  ].join(';');
}
