import { i420Bytes, type I420Frame } from './i420.ts';

/** Degrees clockwise by which a picture has to be turned to be upright (3GPP TS 26.114, 7.4.5). */
export type Rotation = 0 | 90 | 180 | 270;

/**
 * Turns a picture clockwise. 0 gives the same object. Costs about 0.6 ms for 640x360 (a quarter turn),
 * so turn only the pictures that are drawn.
 */
export function rotateI420(frame: I420Frame, rotation: Rotation): I420Frame {
  if (rotation === 0) return frame;
  const { width, height, data } = frame;
  const turned = rotation === 180 ? { width, height } : { width: height, height: width };
  const out = new Uint8Array(i420Bytes(width, height));
  const chromaWidth = (width + 1) >> 1;
  const chromaHeight = (height + 1) >> 1;
  let offset = 0;
  for (const [planeWidth, planeHeight] of [
    [width, height],
    [chromaWidth, chromaHeight],
    [chromaWidth, chromaHeight],
  ] as const) {
    const end = offset + planeWidth * planeHeight;
    rotatePlane(data.subarray(offset, end), out.subarray(offset, end), planeWidth, rotation);
    offset = end;
  }
  return { ...turned, data: out };
}

/** Turns one plane of rows `width` bytes long. */
function rotatePlane(
  from: Uint8Array,
  to: Uint8Array,
  width: number,
  rotation: 90 | 180 | 270,
): void {
  const height = from.length / width;
  if (rotation === 180) {
    to.set(from);
    to.reverse();
    return;
  }
  // Reads go along the rows; where the next byte of a row goes is one row further, up or down.
  const step = rotation === 90 ? height : -height;
  for (let y = 0; y < height; y++) {
    let target = rotation === 90 ? height - 1 - y : (width - 1) * height + y;
    const end = (y + 1) * width;
    for (let source = y * width; source < end; source++, target += step) {
      to[target] = from[source] ?? 0;
    }
  }
}
