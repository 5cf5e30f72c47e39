import { z } from 'zod';
import { recordingIdSchema, recordingReasonSchema, recordingStateSchema } from './common.ts';

/** What is known of a recording wherever it is told or kept. */
export const recordingFactsSchema = z.object({
  id: recordingIdSchema,
  room: z.string(),
  state: recordingStateSchema,
  /** Why it ended; null while it goes on, and where a crash or a failure ended it. */
  reason: recordingReasonSchema.nullable(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  durationSeconds: z.number().nonnegative(),
  bytes: z.number().nonnegative(),
  width: z.number().int(),
  height: z.number().int(),
});

/** One recording, as `GET /api/v1/recordings/:id` gives it (CONTRACT: HTTP). */
export const recordingSchema = recordingFactsSchema.extend({
  /** Who was in it. `track`: the URL of their own sound, where it was kept. */
  participants: z.array(
    z.object({ id: z.string(), name: z.string(), track: z.string().nullish() }).loose(),
  ),
  /** URLs; null while it is not finished, and where there is none. */
  media: z.string().nullable(),
  poster: z.string().nullable(),
  /** The chat as WebVTT. */
  chat: z.string().nullable(),
});
/** One recording, as `GET /api/v1/recordings/:id` gives it. */
export type Recording = z.infer<typeof recordingSchema>;
