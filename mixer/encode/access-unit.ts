/** The video codecs we send. */
export type VideoCodec = 'h264' | 'vp8';

/** One encoded picture. */
export interface AccessUnit {
  readonly codec: VideoCodec;
  /** Number of the tick it shows: its time is tick × tick length. */
  readonly tick: number;
  /** Whether decoding can start here (H.264: an IDR with its SPS and PPS in front). */
  readonly keyframe: boolean;
  /** H.264: Annex B byte stream. VP8: one frame (RFC 6386). Never changed afterwards. */
  readonly data: Buffer;
}
