import {
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PIX_FMT_YUV420P,
  AVCOL_PRI_BT709,
  AVCOL_PRI_SMPTE170M,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT709,
  AVCOL_SPC_SMPTE170M,
  AVCOL_TRC_BT709,
  AVCOL_TRC_SMPTE170M,
  FF_ENCODER_LIBVPX_VP9,
  FF_ENCODER_LIBX264,
} from 'node-av/constants';
import { Codec, CodecContext, Dictionary, FFmpegError, Rational } from 'node-av/lib';
import type { CanvasMatrix } from '../compositor/index.ts';
import type { Fraction } from './frame-rate.ts';

/** What describes a picture's colours, to libav. */
export const colours = {
  bt601: {
    space: AVCOL_SPC_SMPTE170M,
    primaries: AVCOL_PRI_SMPTE170M,
    transfer: AVCOL_TRC_SMPTE170M,
  },
  bt709: { space: AVCOL_SPC_BT709, primaries: AVCOL_PRI_BT709, transfer: AVCOL_TRC_BT709 },
} as const;

/** What a file's video is encoded with. */
export interface VideoSettings {
  /** Pixels, even. */
  readonly width: number;
  /** Pixels, even. */
  readonly height: number;
  readonly frameRate: Fraction;
  /** Bits a second. */
  readonly bitrate: number;
  readonly matrix: CanvasMatrix;
  /** One of x264's; `superfast` when omitted. VP9 has none. */
  readonly preset: string | undefined;
}

/** Seconds between two keyframes, at most. */
const keyframeSeconds = 2;

/**
 * A fixed number, so that the same pictures give the same file on every machine: what comes out depends on it. Four encode
 * 500 pictures of 720p a second, where there are as many processors.
 */
const threads = 4;

/** Frames between two keyframes, at most. */
function keyframeInterval({ num, den }: Fraction): number {
  return Math.max(1, Math.floor((keyframeSeconds * num) / den));
}

/**
 * Options of the codecs. Other than a live encode (see encode/encoder-options.ts) these may hold pictures back.
 *
 * H.264 is, for 1.5 Mbit/s at 25 frames a second, on ffmpeg's command line: `-c:v libx264 -preset superfast -bf 0
 * -x264-params scenecut=0:mbtree=1:rc-lookahead=10 -threads 4 -g 50 -b:v 1500k`.
 * Measured on a 720p grid of four cameras at that rate, in ms of processor time a frame and dB of SSIM: this 8.0 and
 * 16.8; plain superfast 9.1 and 16.2: its B-frames cost 1.6 ms and gain nothing (without: 7.5, 16.2), while 10 pictures of
 * lookahead for mbtree cost 0.7 ms; veryfast 15.8 and 17.2; ultrafast 4.0 and 13.0; the live settings 6.0 and 15.4.
 * Without scene cuts keyframes are exactly two seconds apart, which HLS segments are cut by.
 *
 * VP9: 15.9 ms and 15.8 dB; cpu-used 7 is 19.2 and 16.6. VP8 would be 7.6 and 15.1, but knows BT.601 only.
 */
const codecs = {
  h264: {
    name: FF_ENCODER_LIBX264,
    options: (preset = 'superfast'): Record<string, string> => ({
      preset,
      bf: '0',
      'x264-params': 'scenecut=0:mbtree=1:rc-lookahead=10',
    }),
  },
  vp9: {
    name: FF_ENCODER_LIBVPX_VP9,
    options: (): Record<string, string> => ({
      deadline: 'realtime',
      'cpu-used': '8',
      'row-mt': '1',
      'tile-columns': '2',
      'lag-in-frames': '0',
      'auto-alt-ref': '0',
    }),
  },
} as const;

/** The video codecs that files are made with. */
export type FileVideoCodec = keyof typeof codecs;

/**
 * Opens a video encoder whose time base is one frame.
 *
 * @param globalHeader - Whether the parameter sets go into the file's header instead of before each keyframe.
 * @throws Error if this build has no such encoder; FFmpegError if it refuses the settings
 */
export async function openVideoCodec(
  name: FileVideoCodec,
  settings: VideoSettings,
  globalHeader: boolean,
): Promise<CodecContext> {
  const { width, height, frameRate, bitrate, matrix, preset } = settings;
  const codec = Codec.findEncoderByName(codecs[name].name);
  if (codec === null) throw new Error(`This build of libav has no ${codecs[name].name}.`);
  const context = new CodecContext();
  context.allocContext3(codec);
  if (globalHeader) context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  context.width = width;
  context.height = height;
  context.sampleAspectRatio = new Rational(1, 1);
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.colorRange = AVCOL_RANGE_MPEG;
  context.colorSpace = colours[matrix].space;
  context.colorPrimaries = colours[matrix].primaries;
  context.colorTrc = colours[matrix].transfer;
  context.framerate = new Rational(frameRate.num, frameRate.den);
  context.timeBase = new Rational(frameRate.den, frameRate.num);
  context.gopSize = keyframeInterval(frameRate);
  context.threadCount = threads;
  // No greatest rate: x264 keeps to one by how far its other threads happen to be, and no two files would be the same.
  context.bitRate = BigInt(bitrate);
  try {
    // Not open2Sync: with a dictionary it frees it twice.
    const opened = await context.open2(codec, Dictionary.fromObject(codecs[name].options(preset)));
    FFmpegError.throwIfError(opened, 'opening the video encoder');
    return context;
  } catch (error) {
    context.freeContext();
    throw error;
  }
}
