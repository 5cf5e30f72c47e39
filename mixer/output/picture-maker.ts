import {
  AV_PIX_FMT_RGB24,
  AVCOL_PRI_BT709,
  AVCOL_PRI_UNSPECIFIED,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_RGB,
  AVCOL_TRC_IEC61966_2_1,
  AVCOL_TRC_UNSPECIFIED,
  FF_ENCODER_PNG,
} from 'node-av/constants';
import type { Frame } from 'node-av/lib';
import { writeFile } from 'node:fs/promises';
import type { CanvasMatrix } from '../compositor/index.ts';
import type { Maker } from './maker.ts';
import { convertPicture, encodeStill } from './still.ts';
import type { Target } from './target.ts';
import { colours } from './video-codec.ts';

/** Makes a PNG of the first picture it is given. */
export class PictureMaker implements Maker {
  readonly wantsVideo = true;
  readonly wantsAudio = false;
  readonly #matrix: CanvasMatrix;
  readonly #path: string;
  #picture: Frame | null = null;

  /** @param path - Where to write it. */
  constructor(path: string, matrix: CanvasMatrix) {
    this.#path = path;
    this.#matrix = matrix;
  }

  async video(frame: Frame): Promise<void> {
    this.#picture ??= await toRgb(frame, this.#matrix);
  }

  /** A picture has no sound. */
  async audio(): Promise<void> {
    // Nothing to do.
  }

  async complete(): Promise<void> {
    if (this.#picture === null) throw new Error('No picture was given.');
    await writeFile(this.#path, await encodePng(this.#picture));
  }

  publish(target: Target): Promise<void> {
    return target.publish(this.#path);
  }

  close(): Promise<void> {
    this.#picture?.free();
    this.#picture = null;
    return Promise.resolve();
  }
}

/** Converts a limited-range I420 picture to RGB of 8 bits; chroma is interpolated. */
function toRgb(frame: Frame, matrix: CanvasMatrix): Promise<Frame> {
  const flags = 'bilinear+accurate_rnd+full_chroma_int+full_chroma_inp';
  return convertPicture(frame, AV_PIX_FMT_RGB24, frame, flags, (source, picture) => {
    // Primaries and transfer are left open on both sides, or they would be converted too.
    source.colorRange = AVCOL_RANGE_MPEG;
    source.colorSpace = colours[matrix].space;
    source.colorPrimaries = AVCOL_PRI_UNSPECIFIED;
    source.colorTrc = AVCOL_TRC_UNSPECIFIED;
    picture.colorRange = AVCOL_RANGE_JPEG;
    picture.colorSpace = AVCOL_SPC_RGB;
  });
}

function encodePng(picture: Frame): Promise<Buffer> {
  // What its colours are meant to be: sRGB, as everything that has no other description.
  picture.colorPrimaries = AVCOL_PRI_BT709;
  picture.colorTrc = AVCOL_TRC_IEC61966_2_1;
  return encodeStill(FF_ENCODER_PNG, picture);
}
