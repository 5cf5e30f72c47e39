import type { TrackLike } from './client/index.ts';

/** Whether one expects to see this camera as in a mirror: all but those that look away from oneself. */
export function isMirrored(track: Pick<TrackLike, 'getSettings'>): boolean {
  return track.getSettings().facingMode !== 'environment';
}
