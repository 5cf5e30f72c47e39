import { AV_FRAME_DATA_DISPLAYMATRIX } from 'node-av/constants';
import type { Frame } from 'node-av/lib';
import { matrixOf } from '../compositor/colour-matrix.ts';
import type { CanvasMatrix, NativePicture } from '../compositor/index.ts';
import { uprightFilters } from './orientation.ts';
import { Upright } from './upright.ts';

/** What is known of a video once a frame of it is decoded. */
export interface VideoFacts {
  /** Pixels, upright. */
  readonly width: number;
  /** Pixels, upright. */
  readonly height: number;
  /** How its colours are coded; null when it does not say. */
  readonly matrix: CanvasMatrix | null;
}

/** Makes pictures of decoded frames: as they are, or upright and of square pixels where they are not. */
export class PictureMaker {
  readonly facts: VideoFacts;
  readonly #upright: Upright | null;

  /**
   * @param first - A frame, whose orientation is that of all.
   * @param pixelAspect - Width by height of its pixels; 0 where nothing is known.
   */
  constructor(first: Frame, pixelAspect: number) {
    const displayMatrix = first.getSideData(AV_FRAME_DATA_DISPLAYMATRIX);
    const filters = uprightFilters({ pixelAspect, displayMatrix });
    this.#upright = filters === null ? null : new Upright(filters);
    const { width, height } = this.make(first);
    const matrix = matrixOf(first.colorSpace);
    // The nearer of the two.
    this.facts = { width, height, matrix: matrix === 'bt2020' ? 'bt709' : matrix };
  }

  /** The picture of a frame: in the frame's memory, or in memory that the next call overwrites. */
  make(frame: Frame): NativePicture {
    const upright = this.#upright?.turn(frame) ?? frame;
    return { width: upright.width, height: upright.height, frame: upright };
  }

  /** Frees everything. To be called once. */
  close(): void {
    this.#upright?.close();
  }
}
