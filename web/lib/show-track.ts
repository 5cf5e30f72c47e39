import type { Attachment } from 'svelte/attachments';
import { streamOf, type TrackLike } from './client/index.ts';

/**
 * Has a video show a track, without its sound: that has an element of its own, and a muted picture may always play by
 * itself.
 */
export function showTrack(track: TrackLike | null): Attachment<HTMLVideoElement> {
  return (video) => {
    video.muted = true;
    video.srcObject = streamOf(track);
  };
}
