import type { Plane, Planes } from '../../../mixer/compositor/canvas.ts';
import type { Size } from '../../../mixer/compositor/geometry.ts';
import type { YuvColour } from '../../../mixer/compositor/i420.ts';

/** Packed I420 bytes as the planes of a picture. */
export function planesOf({ width, height }: Size, bytes: Uint8Array): Planes {
  const copy = Buffer.from(bytes);
  const luma = width * height;
  return [
    { data: copy.subarray(0, luma), stride: width },
    { data: copy.subarray(luma, luma * 1.25), stride: width / 2 },
    { data: copy.subarray(luma * 1.25), stride: width / 2 },
  ];
}

/** Planes of one colour. */
export function plain(size: Size, [y, u, v]: YuvColour): Planes {
  const luma = size.width * size.height;
  const bytes = new Uint8Array(luma * 1.5).fill(y, 0, luma);
  bytes.fill(u, luma, luma * 1.25).fill(v, luma * 1.25);
  return planesOf(size, bytes);
}

/** So many bytes of noise, the same for the same seed. */
export function noise(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

/** The bytes of all planes. */
export function bytesOf(planes: readonly Plane[]): Uint8Array {
  return new Uint8Array(Buffer.concat(planes.map(({ data }) => data)));
}

/** The contrast of white with a colour, red, green and blue from 0 to 255 (WCAG 2.2). */
export function contrastWithWhite(rgb: readonly [number, number, number]): number {
  const [r, g, b] = rgb.map((value) => {
    const part = Math.min(1, Math.max(0, value / 255));
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05);
}
