import type { Canvas } from '../../mixer/compositor/index.ts';

/** Draws the pictures of a clip at one size. */
export interface Painter {
  /**
   * Draws one picture; all of the canvas.
   *
   * @param canvas - Of the size it was opened for; I420.
   * @param index - Number of the picture; each call one more than the last.
   * @param fps - Pictures a second.
   */
  paint(canvas: Canvas, index: number, fps: number): Promise<void> | void;
  /** Frees what it holds. */
  close(): void;
}

/** Where a clip's pictures come from. */
export interface Pictures {
  /** Equal for equal pictures: what is encoded once is found by it. */
  readonly id: string;
  /** Length of the loop. */
  readonly seconds: number;
  /** Begins to draw at a size in pixels. */
  open(width: number, height: number): Painter | Promise<Painter>;
}
