import { fps, tilesOf } from '../compositing/task.ts';
import type { UplinkFormat } from './system.ts';

/** Heights that pictures are sent in, 16:9: those a server asks for. */
const heights = [90, 144, 180, 270, 360, 540, 720] as const;

/** Bits for each pixel of a picture, as `onegrid load` encodes its clips. */
const bitsPerPixel = 0.087;
/** The load's steps of a bitrate, bits a second. */
const bitrateStep = 25_000;

/**
 * What all send where a room has so many: the least height of those above the tile's, the same for every system that is
 * measured.
 */
export function uplinkOf(participants: number): UplinkFormat {
  const [tile] = tilesOf(participants);
  const least = Math.max(tile?.height ?? 0, ((tile?.width ?? 0) * 9) / 16);
  // Rounded down a little: a tile of 240.2 lines needs no more than one of 240.
  const height = heights.find((each) => each >= Math.floor(least)) ?? 720;
  const width = 2 * Math.round((height * 8) / 9);
  const wanted = width * height * fps * bitsPerPixel;
  const bits = Math.max(2, Math.round(wanted / bitrateStep)) * bitrateStep;
  return { width, height, fps, kilobits: bits / 1000 };
}
