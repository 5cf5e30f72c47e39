import * as z from 'zod';

/** How often each is tried. */
export interface JoinTask {
  readonly cold: number;
  readonly warm: number;
  readonly call: number;
}

/** Milliseconds from `join` to the first complete picture. */
export const joinTimesSchema = z.strictObject({
  cold: z.array(z.number()),
  warm: z.array(z.number()),
  'into a call': z.array(z.number()),
});
