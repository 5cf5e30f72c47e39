/** A width and a height, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A rectangle of the canvas, in pixels from its top left corner. */
export interface Rectangle extends Size {
  readonly x: number;
  readonly y: number;
}

/** The largest even integer not above `value`: 4:2:0 chroma covers 2x2 pixels, so a tile edge is even. */
export function evenFloor(value: number): number {
  return Math.floor(value / 2) * 2;
}

/** Whether two rectangles share at least one pixel. */
export function overlaps(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** The space between tiles and around them: 8 pixels at 720p, in proportion elsewhere; even. */
export function gapOf(canvas: Size): number {
  return 2 * Math.round((4 * Math.min(canvas.width, canvas.height)) / 720);
}

/**
 * Whether a canvas is at least about 16:9. Such a one has tiles of 16:9 only, as cameras send them; one that is less
 * wide may cut their sides to use its height.
 */
export function isWide(canvas: Size): boolean {
  return canvas.width >= 1.7 * canvas.height;
}

/** The largest 16:9 size with even sides that fits into `width` x `height` (at least 2x2). */
export function fit16by9(width: number, height: number): Size {
  const fitted = evenFloor(Math.min(width, (height * 16) / 9));
  // The nearest even height, not the one below: it must not leave 16:9 by more than rounding does.
  const proportional = 2 * Math.round((fitted * 9) / 32);
  return {
    width: Math.max(2, fitted),
    height: Math.max(2, Math.min(proportional, evenFloor(height))),
  };
}
