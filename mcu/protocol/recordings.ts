import { z } from 'zod';
import { recordingIdSchema, recordingReasonSchema, recordingStateSchema } from './common.ts';

/** One recording, as `GET /api/v1/recordings/:id` gives it (CONTRACT: HTTP). */
export const recordingSchema = z.object({
  id: recordingIdSchema,
  room: z.string(),
  state: recordingStateSchema,
  /** Why it ended, or failed: `stopped`, `room-empty`, `disk-full`, `limit`; null while it goes on. */
  reason: recordingReasonSchema.nullable(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  durationSeconds: z.number().nonnegative(),
  bytes: z.number().nonnegative(),
  width: z.number().int(),
  height: z.number().int(),
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
