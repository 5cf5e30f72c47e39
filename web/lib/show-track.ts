import type { Attachment } from 'svelte/attachments';
import { streamOf, type TrackLike } from './client/index.ts';

/** The part of `HTMLVideoElement` that it takes to play one on. */
type PausedVideo = Pick<HTMLVideoElement, 'paused' | 'srcObject' | 'play'>;

/**
 * Has a video show a track, without its sound: that has an element of its own, and a muted picture may always play by
 * itself. What pauses it is no person: phones do, for a call or another app, and do not always go on.
 */
export function showTrack(track: TrackLike | null): Attachment<HTMLVideoElement> {
  return (video) => {
    video.muted = true;
    video.srcObject = streamOf(track);
    const goOn = (): void => {
      if (track === null || document.hidden || !video.paused || !video.isConnected) return;
      video.play().catch(() => undefined);
    };
    video.addEventListener('pause', goOn);
    document.addEventListener('visibilitychange', goOn);
    return () => {
      video.removeEventListener('pause', goOn);
      document.removeEventListener('visibilitychange', goOn);
    };
  };
}

/** Has videos of the call go on that the browser does not let play by themselves; others are played by whoever wants to. */
export function playPaused(videos: Iterable<PausedVideo>): void {
  for (const video of videos) {
    if (video.paused && video.srcObject !== null) video.play().catch(() => undefined);
  }
}
