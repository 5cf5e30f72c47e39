import type { ServerMessage } from '../../../mcu/protocol/server.ts';
import type { EncodingLike, TrackLike } from './platform.ts';

/** The server's words on what to send. */
export type UplinkDemand = Omit<Extract<ServerMessage, { type: 'uplink' }>, 'type'>;
/** What they say about the picture. */
export type VideoDemand = Omit<UplinkDemand, 'audio'>;

/** What is sent until the server has said what it wants. */
export const firstDemand: UplinkDemand = {
  width: 640,
  height: 360,
  fps: 25,
  bitrate: 800_000,
  audio: { ptime: 10, bitrate: 32_000 },
};

/** Whether a track is there to be read; it is shown whole then. */
function isDetail({ contentHint }: Pick<TrackLike, 'contentHint'>): boolean {
  return contentHint === 'detail' || contentHint === 'text';
}

/**
 * How to encode a track so that the server gets what it asked for: a camera covers the size asked for, whatever its
 * shape, and a screen fits into it. Nothing is ever enlarged; a track that is smaller needs fewer bits.
 */
export function encodingFor(
  demand: VideoDemand,
  track: Pick<TrackLike, 'contentHint' | 'getSettings'>,
): EncodingLike {
  if (demand.fps === 0) return { active: false };
  const { width = 0, height = 0 } = track.getSettings();
  const known = width > 0 && height > 0;
  const [across, down] = [width / demand.width, height / demand.height];
  const ratio = isDetail(track) ? Math.max(across, down) : Math.min(across, down);
  // A hair below, or rounding in the browser makes 479 pixels of 480.
  const scale = known ? Math.max(1, ratio * (1 - 1e-6)) : 1;
  const share = known ? (width * height) / (scale * scale * demand.width * demand.height) : 1;
  return {
    active: true,
    scaleResolutionDownBy: scale,
    maxBitrate: Math.round(demand.bitrate * Math.sqrt(Math.min(1, share))),
    maxFramerate: demand.fps,
  };
}
