import { FF_ENCODER_LIBVPX_VP8, FF_ENCODER_LIBX264 } from 'node-av/constants';
import type { VideoCodec } from './access-unit.ts';
import { levelIdc } from './profile-level-id.ts';

/** What a video encoder is opened with. */
export interface VideoEncoderOptions {
  readonly codec: VideoCodec;
  /** Pixels, even. */
  readonly width: number;
  /** Pixels, even. */
  readonly height: number;
  /** Pictures a second; may be fractional (12.5). */
  readonly fps: number;
  /**
   * So many ticks for each picture, 1 when omitted. The encoder counts pictures: told the rate of the ticks, it would
   * spend a part of its bitrate only.
   */
  readonly ticksPerFrame?: number;
  readonly bitsPerSecond: number;
}

/** The name libav knows our encoder of a codec by. */
export const encoderNames = {
  h264: FF_ENCODER_LIBX264,
  vp8: FF_ENCODER_LIBVPX_VP8,
} as const satisfies Record<VideoCodec, string>;

/**
 * The private options of the libav encoder. One thread and no lookahead, so that a picture comes out of the call it went
 * into; a keyframe only when it is asked for.
 */
export function privateOptions(options: VideoEncoderOptions): Record<string, string> {
  switch (options.codec) {
    case 'h264': {
      const { width, height, fps } = options;
      return {
        preset: 'superfast',
        tune: 'zerolatency',
        profile: 'baseline',
        level: (levelIdc(width, height, fps) / 10).toFixed(1),
        'forced-idr': '1',
        // scenecut would insert IDRs of its own; sliced threads cut the picture even when there is one thread.
        'x264-params': 'scenecut=0:sliced-threads=0',
      };
    }
    case 'vp8':
      return {
        deadline: 'realtime',
        // Negative: this speed, rather than one chosen by how busy the machine is, so that renders repeat.
        // At 720p -10 took 5.5 ms a frame, +12 9.8 ms (0.3 dB better) and -16 3.7 ms (0.5 dB worse).
        'cpu-used': '-10',
        'lag-in-frames': '0',
        'auto-alt-ref': '0',
        'static-thresh': '100',
        'undershoot-pct': '100',
        'overshoot-pct': '15',
      };
    default:
      return options.codec satisfies never;
  }
}
