import * as z from 'zod';
import { yuvOf } from '../../../mixer/compositor/i420.ts';
import type { Rectangle } from '../../../mixer/compositor/geometry.ts';
import { type DecodedPicture, decodePictures } from './decode.ts';
import { picturesOf, type ReceivedPacket } from './received.ts';

/** What was found when a receiver's stream was decoded. */
export const verdictSchema = z.strictObject({
  /** Pictures that were decoded. */
  pictures: z.int(),
  size: z.string(),
  /** Of the worst tile: how far its middle is from the colour of who should be there (Y, U and V, greatest). */
  colour: z.number(),
  /** Of the stillest tile: mean difference of luma within about a second. */
  motion: z.number(),
  /** What is wrong; null: nothing. */
  wrong: z.string().nullable(),
});

/** See {@link verdictSchema}. */
export type Verdict = z.infer<typeof verdictSchema>;

/** Somebody's tile and the colour of the block in the middle of their clip, as 0xRRGGBB. */
export interface ExpectedTile {
  readonly tile: Rectangle;
  readonly rgb: number;
}

/** Colours of clips are further apart than twice this. */
const mostColour = 20;
const leastMotion = 1;
/** Pictures between the two that are compared. */
const apart = 25;

/** Decodes what a receiver got, and looks for everybody in the last picture. */
export async function judgeReceived(
  packets: readonly ReceivedPacket[],
  codec: 'h264' | 'vp8',
  canvas: { readonly width: number; readonly height: number },
  expected: readonly ExpectedTile[],
): Promise<Verdict> {
  const pictures = picturesOf(packets, codec);
  const looked = new Set([pictures.at(-1 - apart), pictures.at(-1)]);
  const seen: DecodedPicture[] = [];
  let decoded = 0;
  await decodePictures(pictures, codec, (picture, copy) => {
    decoded += 1;
    if (looked.has(picture)) seen.push(copy());
  });
  const [earlier, last] = seen;
  const verdict = { pictures: decoded, size: 'none', colour: 255, motion: 0 };
  if (earlier === undefined || last === undefined) {
    return { ...verdict, wrong: `only ${decoded} pictures could be decoded` };
  }
  const size = `${last.width}x${last.height}`;
  if (size !== `${canvas.width}x${canvas.height}` || earlier.width !== last.width) {
    return { ...verdict, size, wrong: `the picture is ${size}` };
  }
  let [colour, motion] = [0, Infinity];
  for (const { tile, rgb } of expected) {
    const wanted = yuvOf(rgb);
    for (const [plane, mean] of middleOf(last, tile).entries()) {
      colour = Math.max(colour, Math.abs(mean - (wanted[plane] ?? 0)));
    }
    motion = Math.min(motion, motionOf(earlier, last, tile));
  }
  const wrong =
    colour > mostColour
      ? `somebody's tile does not show their clip (the colour is off by ${colour.toFixed(0)})`
      : motion < leastMotion
        ? "somebody's tile stands still"
        : null;
  return {
    ...{ ...verdict, size, wrong },
    ...{ colour: Number(colour.toFixed(1)), motion: Number(motion.toFixed(2)) },
  };
}

/** Mean Y, U and V of a small part in the middle of a tile, where every clip has its block. */
function middleOf({ width, height, data }: DecodedPicture, tile: Rectangle): number[] {
  const half = 4;
  const luma = width * height;
  return [0, 1, 2].map((plane) => {
    const by = plane === 0 ? 1 : 2;
    const from = plane === 0 ? 0 : luma + ((plane - 1) * luma) / 4;
    const x = Math.round((tile.x + tile.width / 2) / by);
    const y = Math.round((tile.y + tile.height / 2) / by);
    let sum = 0;
    for (let row = y - half; row < y + half; row += 1) {
      const at = from + (row * width) / by;
      for (let column = x - half; column < x + half; column += 1) sum += data[at + column] ?? 0;
    }
    return sum / (2 * half) ** 2;
  });
}

function motionOf(a: DecodedPicture, b: DecodedPicture, tile: Rectangle): number {
  let [sum, count] = [0, 0];
  for (let y = tile.y; y < tile.y + tile.height; y += 2) {
    for (let x = tile.x; x < tile.x + tile.width; x += 2) {
      sum += Math.abs((a.data[y * a.width + x] ?? 0) - (b.data[y * b.width + x] ?? 0));
      count += 1;
    }
  }
  return sum / count;
}
