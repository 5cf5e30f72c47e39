import type { RungPlan } from '../../mixer/encode/rung-table.ts';
import type { RungController } from './rung-controller.ts';

/** How fast packets of a picture leave. */
export interface Pace {
  /** Headers included. */
  readonly bitsPerSecond: number;
  /** Goes without waiting. */
  readonly burstBytes: number;
}

/** Packets leave at least so much faster than the rung needs, at most so much, and a picture and a half at once. */
const leastPace = 1.05;
const mostPace = 2.5;
const burstPictures = 1.5;
/** What a full path carries is not used up, so that it empties. */
const drainShare = 0.8;
/** Where there is no picture. */
const usualFps = 25;

/** How fast the packets of a rung's pictures leave on a path that carries so much, sound and all. */
export function paceOf(
  {
    wireBitsPerSecond,
    otherBitsPerSecond,
    video,
  }: Pick<RungPlan, 'wireBitsPerSecond' | 'otherBitsPerSecond' | 'video'>,
  { capacity, reason }: Pick<RungController, 'capacity' | 'reason'>,
): Pace {
  const carried = (reason === 'bandwidth' ? drainShare * capacity : capacity) - otherBitsPerSecond;
  // Without a picture there is padding still.
  const pictures = video === null ? wireBitsPerSecond : wireBitsPerSecond - otherBitsPerSecond;
  const bitsPerSecond = Math.min(mostPace * pictures, Math.max(leastPace * pictures, carried));
  return {
    bitsPerSecond,
    burstBytes: (burstPictures * pictures) / 8 / (video?.fps ?? usualFps),
  };
}
