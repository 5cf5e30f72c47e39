import type { Plane, Planes } from '../canvas.ts';
import type { Rectangle } from '../geometry.ts';
import { Bounded } from './bounded.ts';

/** What is below the four corners of a tile. */
export interface CornerPatches {
  /** Pixels, even. */
  readonly radius: number;
  /** For each of Y, U and V the top left, top right, bottom left and bottom right corner, rows packed. */
  readonly data: Uint8Array;
}

/**
 * Copies what a picture has below the corners of a tile that is about to be painted. Takes about 1 microsecond.
 *
 * @param planes - the picture
 * @param tile - inside the picture, even, not smaller than two radii
 * @param radius - pixels, even
 * @param into - patches of the same radius that are not needed any more
 */
export function saveCorners(
  planes: Planes,
  tile: Rectangle,
  radius: number,
  into?: CornerPatches,
): CornerPatches {
  const patches =
    into?.radius === radius ? into : { radius, data: new Uint8Array(6 * radius * radius) };
  const { data } = patches;
  let to = 0;
  for (let index = 0; index < planes.length; index += 1) {
    const plane = planes[index] as Plane;
    const side = index === 0 ? radius : radius / 2;
    for (let corner = 0; corner < 4; corner += 1) {
      let from = cornerOffset(plane, tile, index, side, corner);
      for (let row = 0; row < side; row += 1, from += plane.stride) {
        for (let column = 0; column < side; column += 1, to += 1) {
          data[to] = plane.data[from + column] ?? 0;
        }
      }
    }
  }
  return patches;
}

/**
 * Rounds the corners of a painted tile: what was below it shows outside of them. Takes about 3 microseconds at radius
 * 12. Whatever is to be cut with the tile has to be on it by then.
 *
 * @param planes - the picture
 * @param tile - as it was for the patches
 * @param patches - what is below
 */
export function restoreCorners(planes: Planes, tile: Rectangle, patches: CornerPatches): void {
  const { radius, data: below } = patches;
  const masks = masksOf(radius);
  let from = 0;
  for (let index = 0; index < planes.length; index += 1) {
    const plane = planes[index] as Plane;
    const { data } = plane;
    const side = index === 0 ? radius : radius / 2;
    const mask = index === 0 ? masks.luma : masks.chroma;
    for (let corner = 0; corner < 4; corner += 1) {
      const flipX = corner % 2 === 1;
      const flipY = corner >= 2;
      let start = cornerOffset(plane, tile, index, side, corner);
      for (let row = 0; row < side; row += 1, start += plane.stride) {
        const maskRow = (flipY ? side - 1 - row : row) * side;
        for (let column = 0; column < side; column += 1, from += 1) {
          const inside = mask[maskRow + (flipX ? side - 1 - column : column)] ?? 255;
          if (inside === 255) continue;
          const at = start + column;
          const sum = (data[at] ?? 0) * inside + (below[from] ?? 0) * (255 - inside) + 127;
          // A division by 255, exact below 65535.
          data[at] = (sum + 1 + (sum >> 8)) >> 8;
        }
      }
    }
  }
}

/** Where in a plane a corner begins: 0 and 1 are at the top, 0 and 2 at the left. */
function cornerOffset(
  { stride }: Plane,
  tile: Rectangle,
  plane: number,
  side: number,
  corner: number,
): number {
  const unit = plane === 0 ? 1 : 2;
  const x = (corner % 2 === 0 ? tile.x : tile.x + tile.width) / unit - (corner % 2) * side;
  const y = (corner < 2 ? tile.y : tile.y + tile.height) / unit - (corner < 2 ? 0 : side);
  return y * stride + x;
}

/** How much of each pixel of a tile's top left corner belongs to the tile, in 255ths, rows packed. */
interface Masks {
  readonly luma: Uint8Array;
  readonly chroma: Uint8Array;
}

const knownMasks = new Bounded<number, Masks>(32);

function masksOf(radius: number): Masks {
  let masks = knownMasks.get(radius);
  if (masks === undefined) {
    const half = radius / 2;
    const inside = (column: number, row: number): number =>
      255 * coverage(column, row, radius, radius);
    masks = {
      luma: Uint8Array.from({ length: radius * radius }, (_, at) =>
        Math.round(inside(at % radius, Math.floor(at / radius))),
      ),
      chroma: Uint8Array.from({ length: half * half }, (_, at) => {
        const column = 2 * (at % half);
        const row = 2 * Math.floor(at / half);
        const upper = inside(column, row) + inside(column + 1, row);
        const lower = inside(column, row + 1) + inside(column + 1, row + 1);
        return Math.round((upper + lower) / 4);
      }),
    };
    knownMasks.set(radius, masks);
  }
  return masks;
}

/** How much of a pixel is inside a circle around (centre, centre), from 0 to 1. */
export function coverage(column: number, row: number, centre: number, radius: number): number {
  const distance = Math.hypot(centre - column - 0.5, centre - row - 0.5);
  return Math.min(1, Math.max(0, radius + 0.5 - distance));
}
