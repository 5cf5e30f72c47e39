/**
 * A picture in I420 (planar YUV 4:2:0, 8 bits, limited range). A frame object is one picture: who has a new picture makes a
 * new object, and the data of an old one does not change.
 */
export interface I420Frame {
  /** Pixels; may be odd. */
  readonly width: number;
  /** Pixels; may be odd. */
  readonly height: number;
  /** The planes Y, U, V one after the other, rows packed; a chroma plane is ceil(width/2) x ceil(height/2). */
  readonly data: Uint8Array;
}

/** A colour as Y, U, V; BT.601, limited range. */
export type YuvColour = readonly [y: number, u: number, v: number];

/** Bytes of a packed I420 picture. */
export function i420Bytes(width: number, height: number): number {
  return width * height + 2 * Math.ceil(width / 2) * Math.ceil(height / 2);
}

/** A picture of one colour; even sides. */
export function solidI420(width: number, height: number, [y, u, v]: YuvColour): I420Frame {
  const luma = width * height;
  const data = new Uint8Array(i420Bytes(width, height)).fill(y, 0, luma);
  data.fill(u, luma, luma * 1.25).fill(v, luma * 1.25);
  return { width, height, data };
}

/**
 * The BT.601 limited-range colour of an sRGB value 0xRRGGBB (ITU-R BT.601-7, section 2.5.3): what VP8 defines its
 * colours to be (RFC 6386, section 9.2), and what browsers convert with.
 */
export function yuvOf(rgb: number): YuvColour {
  const red = (rgb >> 16) & 0xff;
  const green = (rgb >> 8) & 0xff;
  const blue = rgb & 0xff;
  return [
    Math.round(16 + (65.481 * red + 128.553 * green + 24.966 * blue) / 255),
    Math.round(128 + (-37.797 * red - 74.203 * green + 112 * blue) / 255),
    Math.round(128 + (112 * red - 93.786 * green - 18.214 * blue) / 255),
  ];
}
