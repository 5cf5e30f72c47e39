import type { AudioFormat } from '../../mixer/audio/index.ts';
import type { VideoRungName } from '../../mixer/encode/index.ts';
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
  /** How many watch the same rung and codec, this one included. */
  readonly viewers: number;
  /** The picture cannot be decoded any more; requests of all viewers are coalesced. */
  requestKeyframe(): void;
  /** No more pictures; may be called twice. */
  close(): void;
}

/** Where receivers get pictures. */
export interface VideoFeed {
  /** Starts with a keyframe, within the call if there is a recent one. */
  watch(rung: VideoRungName, codec: VideoCodec, viewer: Viewer): VideoSubscription;
}

/** A listener's tie to the mix. */
export interface AudioSubscription {
  /** Other packets from a moment on, without a gap. */
  setFormat(format: AudioFormat): void;
  /** No more sound; may be called twice. */
  close(): void;
}

/** Where receivers get sound. */
export interface AudioFeed {
  /**
   * Everybody but the listener, as Opus.
   * @param receive - `atMs`: the moment of the room at which the sound left the jitter buffers
   */
  listen(
    listenerId: string,
    format: AudioFormat,
    receive: (opus: Buffer, atMs: number) => void,
  ): AudioSubscription;
}
