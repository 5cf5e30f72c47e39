import {
  AVCOL_SPC_BT2020_CL,
  AVCOL_SPC_BT2020_NCL,
  AVCOL_SPC_BT470BG,
  AVCOL_SPC_BT709,
  AVCOL_SPC_SMPTE170M,
  type AVColorSpace,
} from 'node-av/constants';
import type { Size } from './geometry.ts';
import { type ColourMatrix, lumaParts } from './i420.ts';
import type { View } from './view.ts';

const spaces: ReadonlyMap<AVColorSpace, ColourMatrix> = new Map([
  [AVCOL_SPC_BT470BG, 'bt601'],
  [AVCOL_SPC_SMPTE170M, 'bt601'],
  [AVCOL_SPC_BT709, 'bt709'],
  [AVCOL_SPC_BT2020_NCL, 'bt2020'],
  [AVCOL_SPC_BT2020_CL, 'bt2020'],
]);

/** The matrix a frame is tagged with; null where it says none, or one that nobody uses. */
export function matrixOf(space: AVColorSpace): ColourMatrix | null {
  return spaces.get(space) ?? null;
}

/** What U and V (less 128) add to a picture's Y and make of its U and V; in 65536ths. */
export interface Recolouring {
  readonly y: readonly [u: number, v: number];
  readonly u: readonly [u: number, v: number];
  readonly v: readonly [u: number, v: number];
}

/** How to get from one matrix to another, in limited range; null where there is nothing to do. */
export function recolouring(from: ColourMatrix, to: ColourMatrix): Recolouring | null {
  if (from === to) return null;
  const fromU = throughRgb([1, 0], from, to);
  const fromV = throughRgb([0, 1], from, to);
  const fixed = (value: number): number => Math.round(value * 65_536);
  // Luma has 219 steps, chroma 224.
  const luma = 219 / 224;
  return {
    y: [fixed(fromU.y * luma), fixed(fromV.y * luma)],
    u: [fixed(fromU.u), fixed(fromV.u)],
    v: [fixed(fromU.v), fixed(fromV.v)],
  };
}

/** A colour of luma 0 in another matrix; `v` and `u` from -0.5 to 0.5. */
function throughRgb(
  [u, v]: readonly [number, number],
  from: ColourMatrix,
  to: ColourMatrix,
): { y: number; u: number; v: number } {
  const [fromRed, fromBlue] = lumaParts[from];
  const red = 2 * (1 - fromRed) * v;
  const blue = 2 * (1 - fromBlue) * u;
  const green = -(fromRed * red + fromBlue * blue) / (1 - fromRed - fromBlue);
  const [toRed, toBlue] = lumaParts[to];
  const y = toRed * red + toBlue * blue + (1 - toRed - toBlue) * green;
  return { y, u: (blue - y) / (2 * (1 - toBlue)), v: (red - y) / (2 * (1 - toRed)) };
}

/** Recolours a picture in place; even sides. Takes about 1.4 ns a pixel. */
export function recolour(
  { planes, strides }: View,
  { width, height }: Size,
  { y: [yu, yv], u: [uu, uv], v: [vu, vv] }: Recolouring,
): void {
  const luma = clamped(planes[0]);
  const planeU = clamped(planes[1]);
  const planeV = clamped(planes[2]);
  for (let row = 0; row < height / 2; row += 1) {
    let upper = 2 * row * strides[0];
    let lower = upper + strides[0];
    let atU = row * strides[1];
    let atV = row * strides[2];
    for (const end = atU + width / 2; atU < end; atU += 1, atV += 1, upper += 2, lower += 2) {
      const u = (planeU[atU] ?? 0) - 128;
      const v = (planeV[atV] ?? 0) - 128;
      planeU[atU] = 128 + ((uu * u + uv * v + 32_768) >> 16);
      planeV[atV] = 128 + ((vu * u + vv * v + 32_768) >> 16);
      const more = (yu * u + yv * v + 32_768) >> 16;
      if (more === 0) continue;
      luma[upper] = (luma[upper] ?? 0) + more;
      luma[upper + 1] = (luma[upper + 1] ?? 0) + more;
      luma[lower] = (luma[lower] ?? 0) + more;
      luma[lower + 1] = (luma[lower + 1] ?? 0) + more;
    }
  }
}

/** The same memory, where what is above 255 becomes that. */
function clamped({ buffer, byteOffset, length }: Buffer): Uint8ClampedArray {
  return new Uint8ClampedArray(buffer, byteOffset, length);
}
