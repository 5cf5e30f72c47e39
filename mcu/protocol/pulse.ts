import { z } from 'zod';

/** How often a process of ours tells its gateway that it lives; milliseconds. */
export const pulseMs = 100;

/** A process of ours lives. */
export const pulseSchema = z.object({
  type: z.literal('pulse'),
  /** What it has in memory. */
  residentBytes: z.number().nonnegative(),
});
/** A process of ours lives. */
export type Pulse = z.infer<typeof pulseSchema>;
