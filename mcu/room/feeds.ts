import type { PacketizedFrame } from '../rtp/index.ts';

/** Video codecs of the downlink. */
export type VideoCodec = 'h264' | 'vp8';

/**
 * Gets the pictures of a rung, packetized once for all.
 * @param atMs - the moment of the room the picture is of
 */
export type Viewer = (frame: PacketizedFrame, tick: number, atMs: number) => void;

/** A viewer's tie to a rung. */
export interface VideoSubscription {
  /** The picture cannot be decoded any more; requests of all viewers are coalesced. */
  requestKeyframe(): void;
  /** No more pictures; may be called twice. */
  close(): void;
}

/** Where receivers get pictures. */
export interface VideoFeed {
  /** Starts with a keyframe, at once if there is a recent one. */
  watch(codec: VideoCodec, viewer: Viewer): VideoSubscription;
}

/** Where receivers get sound. */
export interface AudioFeed {
  /**
   * Everybody but the listener, as Opus, every 20 ms.
   * @param receive - `atMs`: the moment of the room at which the sound left the jitter buffers
   * @returns ends it; may be called twice
   */
  listen(listenerId: string, receive: (opus: Buffer, atMs: number) => void): () => void;
}
