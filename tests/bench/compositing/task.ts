import * as z from 'zod';
import { layout } from '../../../mixer/compositor/layout.ts';
import type { Rectangle } from '../../../mixer/compositor/geometry.ts';

/** What everybody composes. */
export const canvas = { width: 1280, height: 720 };
/** The pictures that come in. */
export const source = { width: 640, height: 360 };
/** Pictures a second, of every source and of the composite. */
export const fps = 25;

/** Bytes of an I420 picture. */
export const bytesOf = ({ width, height }: { width: number; height: number }): number =>
  (width * height * 3) / 2;

/** One run of a contender. */
export interface Task {
  /** A raw I420 file for each tile; what is in them is repeated. */
  readonly files: readonly string[];
  /** Where the tiles are to be. */
  readonly tiles: readonly Rectangle[];
  /** How many pictures to compose. */
  readonly frames: number;
  /** Whether to bring the pictures in and a picture out without composing: what the plumbing costs. */
  readonly control: boolean;
  /** Where to write the composites, raw, to be looked at; null to drop them. */
  readonly output: string | null;
}

/** What a contender that runs in a process of ours says of itself. */
export const costSchema = z.strictObject({
  /** Processor seconds for all pictures, of all threads, from the system (getrusage). */
  cpuSeconds: z.number(),
});

/** Where onegrid has the tiles of a grid: everybody is to do the same. */
export function tilesOf(count: number): Rectangle[] {
  const members = Array.from({ length: count }, (_, id) => ({ id: String(id), screen: false }));
  const choice = { pinned: null, speaker: null, page: 0 };
  return layout(members, 'grid', canvas, choice).tiles.map(({ x, y, width, height }) => ({
    ...{ x, y, width, height },
  }));
}
