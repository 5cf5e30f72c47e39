/** How a decoded frame becomes a picture that is upright, of square pixels: filters of libavfilter, or none. */
export interface FrameGeometry {
  /** Width by height of a pixel; 0 or NaN where nothing is known. */
  readonly pixelAspect: number;
  /** AV_FRAME_DATA_DISPLAYMATRIX: nine 32-bit integers of the machine's byte order; null where there is none. */
  readonly displayMatrix: Uint8Array | null;
}

/** Pixels this near to being squares are taken for squares: encoders round sides, and write down by how much. */
const squareTolerance = 0.02;

/**
 * The filters that a frame has to go through.
 *
 * @returns A description as libavfilter takes it; null where the frame is fine as it is.
 */
export function uprightFilters(geometry: FrameGeometry): string | null {
  const filters = [...squareFilters(geometry), ...turnFilters(geometry.displayMatrix)];
  return filters.length === 0 ? null : filters.join(',');
}

/** Makes pixels square by enlarging; to an even number, so that subsampled chroma fits. */
function squareFilters({ pixelAspect }: FrameGeometry): string[] {
  if (!(pixelAspect > 0) || Math.abs(pixelAspect - 1) <= squareTolerance) return [];
  const stretched = (side: string, factor: number): string =>
    `2*round(${side}*${factor.toFixed(6)}/2)`;
  const size =
    pixelAspect > 1
      ? `${stretched('iw', pixelAspect)}:ih`
      : `iw:${stretched('ih', 1 / pixelAspect)}`;
  return [`scale=${size}:flags=bilinear`, 'setsar=1'];
}

/**
 * A display matrix takes a pixel at (x, y) to (a x + c y, b x + d y), y downwards (ISO/IEC 14496-12, 6.2.2). Quarter
 * turns and mirrors only: other angles become the nearest of those.
 */
function turnFilters(displayMatrix: Uint8Array | null): string[] {
  if (displayMatrix === null || displayMatrix.length < 36) return [];
  const { buffer, byteOffset, length } = displayMatrix;
  // A copy: side data need not be aligned.
  const matrix = new Int32Array(buffer.slice(byteOffset, byteOffset + length));
  const [a = 0, b = 0, , c = 0, d = 0] = matrix;
  if (Math.abs(b) > Math.abs(a)) {
    if (b > 0) return [c > 0 ? 'transpose=cclock_flip' : 'transpose=clock'];
    return [c > 0 ? 'transpose=cclock' : 'transpose=clock_flip'];
  }
  // `vflip` alone only has the rows read backwards (a negative stride): what follows it writes them anew.
  if (d < 0) return ['vflip', a < 0 ? 'hflip' : 'copy'];
  return a < 0 ? ['hflip'] : [];
}
