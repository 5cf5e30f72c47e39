import type { RungName } from '../../protocol/common.ts';
import type { RungState } from '../../protocol/ipc.ts';

/** What a room is like, as far as it costs processor time. */
export interface RoomShape {
  /** Everybody in it: each may send a picture and sound, and receives. */
  readonly participants: number;
  /** The composite of `high`. */
  readonly canvas: { readonly width: number; readonly height: number };
  /** Pictures a second. */
  readonly fps: number;
  /** The encoders that run; of a room that is not open yet those that are to be expected. */
  readonly rungs: readonly Pick<RungState, 'rung' | 'codec'>[];
}

/*
 * All figures are cores of the machine of docs/performance.md, `npm run bench -- mcu floor slopes`, at 25 pictures a second of 1280x720. Rooms
 * of 2, 4, 9, 16 and 25 who send and watch `high` take 0.39, 0.49, 0.56, 0.74 and 0.89 there, gateway included.
 */

/** Timers, the sound's mix and its shared encoder. */
const roomCores = 0.075;
/** For each participant: PeerConnections both ways, decoding of sound, sending. */
const participantCores = 0.022;
/** For a million pixels of the composite a second: all tiles together are as many, to be decoded, scaled and drawn ... */
const tilesCores = 0.0065;
/** ... and for a million that are encoded, H.264 or VP8. */
const encodeCores = { h264: 0.005, vp8: 0.0085 } as const;

/** What each rung has of the pixels of `high`: a part of the picture, at a part of the rate. */
const rungShares: Readonly<Record<RungName, number>> = {
  high: 1,
  medium: 1 / 4,
  low: 1 / 16 / 2,
  tiny: 1 / 16 / 4,
  audio: 0,
};

/** Millions of pixels a second. */
const rateOf = ({ width, height }: RoomShape['canvas'], fps: number): number =>
  (width * height * fps) / 1e6;

/** What a newcomer adds to a room that is open, in cores. */
export const newcomerCost = participantCores;

/** What a room takes, in cores. */
export function roomCost({ participants, canvas, fps, rungs }: RoomShape): number {
  const rate = rateOf(canvas, fps);
  let cores = roomCores + participantCores * participants;
  if (rungs.length > 0) cores += tilesCores * rate;
  for (const { rung, codec } of rungs) cores += encodeCores[codec] * rungShares[rung] * rate;
  return cores;
}
