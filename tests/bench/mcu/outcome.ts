import * as z from 'zod';
import { verdictSchema } from './judge.ts';
import { usageSchema } from './window.ts';

/** What one run of a system gave. */
export const outcomeSchema = z.strictObject({
  usage: usageSchema,
  /** Complete pictures a second of whoever got the fewest. */
  fps: z.number(),
  /** Bits of video a second that one receiver got, thousands. */
  kilobits: z.number(),
  /** Packets of sound that one receiver got, a second. */
  soundPackets: z.number(),
  /** Of the process that made the load, CPU seconds per second. */
  loadCpu: z.number(),
  /** Null where nobody looked. */
  verdict: verdictSchema.nullable(),
});

/** See {@link outcomeSchema}. */
export type Outcome = z.infer<typeof outcomeSchema>;
