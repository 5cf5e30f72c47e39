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

/** How the canvas' Y, U and V are made of red, green and blue. */
export type CanvasMatrix = 'bt601' | 'bt709';

/** A colour as Y, U, V; limited range. */
export type YuvColour = readonly [y: number, u: number, v: number];

/** What red, green and blue, from 0 to 255, add to a level. */
export type RgbWeights = readonly [red: number, green: number, blue: number];

/** How a picture's Y, U and V are made of red, green and blue. */
export type ColourMatrix = CanvasMatrix | 'bt2020';

/**
 * The parts of red and blue in the luma (ITU-R BT.601-7, section 2.5.1; BT.709-6, section 3.2; BT.2020-2, table 4);
 * green has the rest.
 */
export const lumaParts: Readonly<Record<ColourMatrix, readonly [red: number, blue: number]>> = {
  bt601: [0.299, 0.114],
  bt709: [0.2126, 0.0722],
  bt2020: [0.2627, 0.0593],
};

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

/** What adds to Y above 16, and to U and V above 128; limited range: 219 steps of luma, 224 of chroma. */
export function yuvWeights(
  matrix: CanvasMatrix,
): readonly [y: RgbWeights, u: RgbWeights, v: RgbWeights] {
  const [red, blue] = lumaParts[matrix];
  const green = 1 - red - blue;
  const luma = 219 / 255;
  const chromaU = 112 / 255 / (1 - blue);
  const chromaV = 112 / 255 / (1 - red);
  return [
    [red * luma, green * luma, blue * luma],
    [-red * chromaU, -green * chromaU, (1 - blue) * chromaU],
    [(1 - red) * chromaV, -green * chromaV, -blue * chromaV],
  ];
}

/**
 * The limited-range colour of an sRGB value 0xRRGGBB. BT.601 is what VP8 defines its colours to be (RFC 6386,
 * section 9.2), and what browsers convert with.
 */
export function yuvOf(rgb: number, matrix: CanvasMatrix = 'bt601'): YuvColour {
  const part = (offset: number, [red, green, blue]: RgbWeights): number =>
    Math.round(
      offset + red * ((rgb >> 16) & 0xff) + green * ((rgb >> 8) & 0xff) + blue * (rgb & 0xff),
    );
  const [y, u, v] = yuvWeights(matrix);
  return [part(16, y), part(128, u), part(128, v)];
}
