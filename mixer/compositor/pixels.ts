import {
  AV_PIX_FMT_RGB0,
  AV_PIX_FMT_YUV420P,
  AVCOL_RANGE_JPEG,
  type AVPixelFormat,
} from 'node-av/constants';
import { avGetPixFmtFromName, avGetPixFmtName, FFmpegError, type Frame } from 'node-av/lib';
import { newPicture } from '../native-picture.ts';
import { backgroundRgb } from './canvas.ts';
import { matrixOf } from './colour-matrix.ts';
import { flatten } from './flatten.ts';
import type { Size } from './geometry.ts';
import { type ColourMatrix, i420Bytes, type I420Frame } from './i420.ts';
import type { Picture } from './picture.ts';
import type { Image } from './scaler.ts';

/** Where a pixel is in the planes. */
interface Sampling {
  /** Bytes of one sample, in each plane. */
  readonly bytes: readonly number[];
  /** Columns and rows of pixels that share a chroma sample, as powers of two. */
  readonly shift: readonly [x: number, y: number];
}

/** A picture as swscale takes it; its pixels are those of the picture, for as long as that lives. */
export interface Pixels extends Image {
  /** Null if it is not known, and taken for that of the canvas. */
  readonly matrix: ColourMatrix | null;
  readonly sampling: Sampling;
  /** All of it in libav's memory, if it is there and swscale can read it as it is. */
  readonly frame: Frame | null;
  /** Where its pixels are; takes a copy of what is in libav's memory only. */
  readonly memory: () => Memory;
}

/** Planes of pixels. */
export interface Memory {
  readonly planes: Buffer[];
  /** Bytes from one row to the next, in each plane. */
  readonly strides: number[];
}

/** A copy of a native picture, in memory that stays. */
interface Copy {
  readonly frame: Frame;
  readonly format: AVPixelFormat;
  readonly memory: Memory;
  of: Picture | null;
}

/** A format whose pixels can be cropped and scaled where they are. */
interface Direct {
  readonly format: AVPixelFormat;
  readonly fullRange: boolean;
  readonly sampling: Sampling;
}

const i420: Sampling = { bytes: [1, 1, 1], shift: [1, 1] };
const rgb0: Sampling = { bytes: [4], shift: [0, 0] };

/**
 * Reads the pixels of one source's pictures. What is not planar YUV (a GIF, most PNGs, anything with alpha) is
 * converted once and kept while it is the newest.
 */
export class PixelReader {
  /**
   * The newest native picture, copied: asking libav for the planes of every new frame takes longer than copying the frame,
   * and leaves V8 with so much to collect that it takes a seventh of the time.
   */
  #copy: Copy | null = null;
  #flat: { readonly of: Picture; readonly frame: Frame } | null = null;

  /**
   * The pixels of a picture.
   *
   * @throws RangeError if an I420 picture has fewer pixels than its size says
   * @throws FFmpegError where swscale cannot read the format of a native one
   */
  read(picture: Picture): Pixels {
    if ('data' in picture) return i420Pixels(picture);
    const { frame } = picture;
    const format = frame.format as AVPixelFormat;
    const direct = directOf(format);
    const fullRange = frame.colorRange === AVCOL_RANGE_JPEG;
    // The rows of some raw video go upwards.
    if (direct === null || frame.linesize.some((stride) => stride < 0)) {
      return this.#flattened(picture, frame, fullRange);
    }
    return {
      width: frame.width,
      height: frame.height,
      format: direct.format,
      fullRange: direct.fullRange || fullRange,
      matrix: matrixOf(frame.colorSpace),
      sampling: direct.sampling,
      frame: direct.format === format ? frame : null,
      memory: () => this.#copied(picture, frame, format),
    };
  }

  /** Frees what it keeps. Can be called twice. */
  close(): void {
    this.#copy?.frame.free();
    this.#copy = null;
    this.#forgetFlat();
  }

  #forgetFlat(): void {
    this.#flat?.frame.free();
    this.#flat = null;
  }

  #copied(picture: Picture, frame: Frame, format: AVPixelFormat): Memory {
    let copy = this.#copy;
    if (
      copy === null ||
      copy.format !== format ||
      copy.frame.width !== frame.width ||
      copy.frame.height !== frame.height
    ) {
      copy?.frame.free();
      copy = this.#copy = { ...emptyPicture(format, frame), format, of: null };
    }
    if (copy.of !== picture) {
      FFmpegError.throwIfError(copy.frame.copy(frame), 'copying a picture');
      copy.of = picture;
    }
    return copy.memory;
  }

  #flattened(picture: Picture, frame: Frame, fullRange: boolean): Pixels {
    let flat = this.#flat;
    if (flat?.of !== picture) {
      this.#forgetFlat();
      flat = { of: picture, frame: flatten(frame, fullRange, backgroundRgb) };
      this.#flat = flat;
    }
    return {
      width: frame.width,
      height: frame.height,
      format: AV_PIX_FMT_RGB0,
      fullRange: true,
      // swscale takes all YUV for BT.601, there and back.
      matrix: isYuv(frame.format as AVPixelFormat) ? matrixOf(frame.colorSpace) : 'bt601',
      sampling: rgb0,
      frame: null,
      memory: () => memoryOf(flat.frame),
    };
  }
}

function i420Pixels(frame: I420Frame): Pixels {
  const { width, height, data } = frame;
  if (data.length < i420Bytes(width, height)) {
    throw new RangeError('A picture has fewer pixels than its size says.');
  }
  const chromaWidth = Math.ceil(width / 2);
  const luma = width * height;
  const chroma = chromaWidth * Math.ceil(height / 2);
  const { buffer, byteOffset } = data;
  return {
    width,
    height,
    format: AV_PIX_FMT_YUV420P,
    fullRange: false,
    matrix: null,
    sampling: i420,
    frame: null,
    memory: () => ({
      planes: [
        Buffer.from(buffer, byteOffset, luma),
        Buffer.from(buffer, byteOffset + luma, chroma),
        Buffer.from(buffer, byteOffset + luma + chroma, chroma),
      ],
      strides: [width, chromaWidth, chromaWidth],
    }),
  };
}

/** Memory of libav's for a picture, with its planes. */
export function emptyPicture(
  format: AVPixelFormat,
  size: Size,
): { readonly frame: Frame; readonly memory: Memory } {
  const frame = newPicture(format, size);
  return { frame, memory: memoryOf(frame) };
}

function memoryOf(frame: Frame): Memory {
  const planes = frame.data ?? [];
  return { planes, strides: frame.linesize.slice(0, planes.length) };
}

const known = new Map<AVPixelFormat, Direct | null>();

/** What is known of a format; null where it has to be converted first. */
function directOf(format: AVPixelFormat): Direct | null {
  let direct = known.get(format);
  if (direct === undefined) {
    direct = readName(avGetPixFmtName(format) ?? '', format);
    known.set(format, direct);
  }
  return direct;
}

const shifts: Readonly<Record<string, Sampling['shift']>> = {
  '420': [1, 1],
  '422': [1, 0],
  '440': [0, 1],
  '444': [0, 0],
};

function readName(name: string, format: AVPixelFormat): Direct | null {
  const nv = /^(nv12|nv21|p010le)$/.exec(name);
  if (nv) {
    const bytes = name === 'p010le' ? 2 : 1;
    return { format, fullRange: false, sampling: { bytes: [bytes, 2 * bytes], shift: [1, 1] } };
  }
  const [, full, chroma, depth] = /^yuv(j?)(420|422|440|444)p(\d*)(?:le|be)?$/.exec(name) ?? [];
  const shift = chroma === undefined ? undefined : shifts[chroma];
  if (shift === undefined) return null;
  const bytes = depth === '' ? 1 : 2;
  return {
    // The names of full-range formats with a "j" are out of use, and swscale complains of them.
    format: full === 'j' ? avGetPixFmtFromName(name.replace('j', '')) : format,
    fullRange: full === 'j',
    sampling: { bytes: [bytes, bytes, bytes], shift },
  };
}

function isYuv(format: AVPixelFormat): boolean {
  return /yu|nv|vuy|uyv/.test(avGetPixFmtName(format) ?? '');
}
