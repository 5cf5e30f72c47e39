import * as z from 'zod';
import { roomProfileSchema } from '../profile/read.ts';
import { machineSchema } from './machine.ts';

const entrySchema = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('measured'),
    /** How long it took, seconds. */
    seconds: z.number(),
    /** As the benchmark's own schema has it. */
    result: z.unknown(),
    /** Of the room processes, where profiles were asked for. */
    profiles: z.array(roomProfileSchema),
  }),
  z.strictObject({ outcome: z.literal('failed'), seconds: z.number(), why: z.string() }),
]);

/** What one benchmark gave. */
export type Entry = z.infer<typeof entrySchema>;

/** Everything that one run of the laboratory found out. */
export const documentSchema = z.strictObject({
  machine: machineSchema,
  /** What git calls the sources. */
  commit: z.string(),
  /** When the run began, ISO 8601. */
  date: z.string(),
  /** What was typed. */
  command: z.string(),
  quick: z.boolean(),
  /** What was measured again later, on the same machine. */
  again: z
    .array(z.strictObject({ names: z.array(z.string()), commit: z.string(), date: z.string() }))
    .optional(),
  /** By the benchmark's name. */
  results: z.record(z.string(), entrySchema),
});

/** See {@link documentSchema}. */
export type LabDocument = z.infer<typeof documentSchema>;
