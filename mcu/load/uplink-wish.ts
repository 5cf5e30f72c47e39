import { clipOptions } from './clip-library.ts';
import type { UplinkWish } from './messages.ts';
import type { VideoClipOptions } from './video-clip.ts';

/** What a participant sends if nobody asks for anything, and what limits what is asked for. */
export interface UplinkLimits {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Whether the size stays whatever the server asks for. */
  readonly fixed: boolean;
  /** Pictures a second at most. */
  readonly fps: number;
}

/**
 * The clip that does what the server asks for.
 *
 * @param wish - The last `uplink` message; null before the first.
 * @param limits - What there is without one.
 * @returns Null: video is to stop.
 */
export function wantedVideo(
  wish: UplinkWish | null,
  limits: UplinkLimits,
): VideoClipOptions | null {
  const { width, height, fixed, fps } = limits;
  if (wish === null) return clipOptions({ width, height, fps });
  if (wish.fps === 0) return null;
  if (fixed || wish.width === 0 || wish.height === 0) return clipOptions({ width, height, fps });
  return clipOptions({ ...wish, fps: Math.min(fps, wish.fps) });
}
