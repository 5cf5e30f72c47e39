import * as z from 'zod';

/** One rung's encode. */
export const rungSchema = z.strictObject({
  name: z.string(),
  width: z.int(),
  height: z.int(),
  fps: z.number(),
  bitsPerSecond: z.number(),
});

/** See {@link rungSchema}. */
export type FloorRung = z.infer<typeof rungSchema>;

/** What a child measures. */
export interface FloorTask {
  /** A WebM with VP8 for each participant. */
  readonly clips: readonly string[];
  /** Pictures a second in the clips. */
  readonly fps: number;
  readonly rungs: readonly FloorRung[];
  /** Seconds of media for each measurement. */
  readonly mediaSeconds: number;
}

/** Ours is libvpx, as it is in @roamhq/wrtc (another build of it); libav has its own decoder, which is faster. */
export const decoders = ['libvpx', 'vp8'] as const;

/** CPU seconds per second of media. */
export const unitCostsSchema = z.strictObject({
  /** Of all clips together, by libav's name of the decoder. */
  decode: z.record(z.enum(decoders), z.number()),
  /** By the rung's name. */
  encode: z.record(z.string(), z.number()),
  /** Of one stream. */
  opusDecode: z.number(),
  /** Of one stream. */
  opusEncode: z.number(),
});

/** See {@link unitCostsSchema}. */
export type UnitCosts = z.infer<typeof unitCostsSchema>;
