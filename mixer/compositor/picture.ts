import type { Frame } from 'node-av/lib';
import type { I420Frame } from './i420.ts';

/**
 * A picture in libav's memory, painted straight from there. A new picture is a new object; its frame stays as it is for as
 * long as a source of the scene gives it.
 */
export interface NativePicture {
  /** Pixels of the frame; may be odd. */
  readonly width: number;
  /** Pixels of the frame; may be odd. */
  readonly height: number;
  /** In any pixel format that swscale reads; its colour range and matrix are taken from its tags. */
  readonly frame: Frame;
}

/** Something to be shown in a tile. */
export type Picture = I420Frame | NativePicture;
