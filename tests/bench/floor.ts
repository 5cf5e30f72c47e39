import * as z from 'zod';
import { rungPlan, type VideoRungName } from '../../mixer/encode/rung-table.ts';
import { type Benchmark, resultSchema } from './lab/benchmark.ts';
import { vp8Clip } from './lab/clips.ts';
import { inChild } from './lab/in-child.ts';
import { rounded, spreadOf, spreadSchema } from './lab/statistics.ts';
import { tilesOf } from './compositing/task.ts';
import {
  decoders,
  type FloorRung,
  rungSchema,
  type UnitCosts,
  unitCostsSchema,
} from './floor/task.ts';

const canvasRate = { width: 1280, height: 720, fps: 25 };

/** The rungs of a server with the usual settings. */
export const rungs = {
  high: rungOf('high'),
  medium: rungOf('medium'),
  low: rungOf('low'),
  tiny: rungOf('tiny'),
};

function rungOf(name: VideoRungName): FloorRung {
  const { video } = rungPlan(name, canvasRate);
  if (video === null) throw new Error(`The rung ${name} has no picture.`);
  const { width, height, fps, bitsPerSecond } = video;
  return { name, width, height, fps, bitsPerSecond };
}

/** A server's work, of which the floor is wanted. */
export interface Load {
  /** Who send a picture and sound. */
  readonly participants: number;
  /** Pixels of what they send. */
  readonly tile: readonly [width: number, height: number];
  /** Pictures a second of what they send. */
  readonly fps: number;
  /** Of what they send. */
  readonly kilobits: number;
  /** The rungs that somebody watches. */
  readonly rungs: readonly FloorRung[];
  /** Who speak at once: each has an encode of their own beside that of all. */
  readonly speakers: number;
}

/** CPU seconds per second of media that no server of this kind can do without. */
export const floorSchema = z.strictObject({
  /** Decoding the pictures of all with libvpx. */
  decode: z.number(),
  /** The same with libav's own decoder: faster, but not what WebRTC stacks have. */
  nativeDecode: z.number(),
  encode: z.record(z.string(), z.number()),
  opusDecode: z.number(),
  opusEncode: z.number(),
  /** With libvpx. */
  total: z.number(),
});

/** See {@link floorSchema}. */
export type Floor = z.infer<typeof floorSchema>;

/**
 * Measures the floor of a load: bare decodes of the pictures of all, one bare encode of the composite per rung, an Opus decode
 * per participant and an Opus encode per speaker and for all others. In a process of its own, on the builds that the
 * server uses (but for VP8: @roamhq/wrtc brings its own libvpx, and what is measured is node-av's).
 * @param mediaSeconds - how much of each is measured
 */
export async function measureFloor(load: Load, mediaSeconds: number): Promise<Floor> {
  const clips = await Promise.all(
    Array.from({ length: load.participants }, (_, index) =>
      vp8Clip(index, load.tile, { seconds: 4, fps: load.fps, kilobits: load.kilobits }),
    ),
  );
  const { fps, rungs: watched } = load;
  const module = new URL('floor/measure.ts', import.meta.url);
  const task = { clips, fps, rungs: watched, mediaSeconds };
  return floorOf(load, await inChild(module, task, unitCostsSchema));
}

function floorOf({ participants, speakers }: Load, costs: UnitCosts): Floor {
  const opusDecode = participants * costs.opusDecode;
  const opusEncode = (speakers + 1) * costs.opusEncode;
  const encodes = Object.values(costs.encode).reduce((sum, cost) => sum + cost, 0);
  return {
    decode: rounded(costs.decode.libvpx),
    nativeDecode: rounded(costs.decode.vp8),
    encode: Object.fromEntries(
      Object.entries(costs.encode).map(([name, cost]) => [name, rounded(cost)]),
    ),
    opusDecode: rounded(opusDecode),
    opusEncode: rounded(opusEncode),
    total: rounded(costs.decode.libvpx + encodes + opusDecode + opusEncode),
  };
}

const partSchema = z.strictObject({
  participants: z.int(),
  tile: z.string(),
  part: z.string(),
  /** CPU seconds per second of media. */
  cpu: spreadSchema,
});

/** See {@link floor}. */
export const floorResultSchema = resultSchema(partSchema, {
  fps: z.number(),
  speakers: z.int(),
  rungs: z.array(rungSchema),
  decoders: z.array(z.enum(decoders)),
});

/** D4.3: the least that a server of this kind can cost, which ours is compared with. */
export const floor: Benchmark<z.infer<typeof floorResultSchema>> = {
  name: 'floor',
  about: 'bare decodes of what all send, bare encodes of the rungs, Opus: the least there is',
  schema: floorResultSchema,
  async run({ quick, seconds }) {
    const speakers = 2;
    const fps = 25;
    const watched = quick ? [rungs.tiny] : Object.values(rungs);
    const rows: z.infer<typeof partSchema>[] = [];
    for (const participants of quick ? [2] : [2, 4, 9, 16, 25]) {
      const { width, height } = tilesOf(participants)[0] ?? { width: 640, height: 360 };
      const tile = [width, height] as const;
      const kilobits = kilobitsOf(width, height);
      const load = { participants, tile, fps, kilobits, rungs: watched, speakers };
      const floors: Floor[] = [];
      for (let round = 0; round < (quick ? 1 : 2); round += 1) {
        floors.push(await measureFloor(load, quick ? 1 : (seconds ?? 5)));
      }
      const add = (part: string, of: (floor: Floor) => number): void => {
        const cpu = spreadOf(floors.map(of));
        rows.push({ participants, tile: `${width}x${height}`, part, cpu });
      };
      add('decode', (one) => one.decode);
      add('decode with libav', (one) => one.nativeDecode);
      for (const { name } of watched) add(`encode ${name}`, ({ encode }) => encode[name] ?? 0);
      add('Opus decode', (one) => one.opusDecode);
      add('Opus encode', (one) => one.opusEncode);
      add('total', (one) => one.total);
    }
    return { rows, fps, speakers, rungs: watched, decoders: [...decoders], bars: [] };
  },
};

/** What a browser spends on a picture of that size at 25 a second: 800 kbit/s at 640x360. */
export const kilobitsOf = (width: number, height: number): number =>
  Math.max(60, Math.round(800 * ((width * height) / (640 * 360)) ** 0.75));
