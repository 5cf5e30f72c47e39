import { z } from 'zod';
import { layoutModeSchema, participantIdSchema } from '../../protocol/common.ts';
import { recordingFactsSchema } from '../../protocol/recordings.ts';
import { processIdentitySchema } from '../outputs/process-identity.ts';

/** Seconds from the start of the media. */
const at = z.number().nonnegative();
const participantId = participantIdSchema;

/** Something that happened while it was recorded. */
export const recordedEventSchema = z.discriminatedUnion('type', [
  z.object({ at, type: z.literal('join'), participantId, name: z.string() }),
  z.object({ at, type: z.enum(['leave', 'mute', 'unmute', 'videoOff', 'videoOn']), participantId }),
  z.object({ at, type: z.enum(['share', 'unshare']), participantId }),
  z.object({ at, type: z.literal('speakers'), active: z.array(participantId) }),
  z.object({
    at,
    type: z.literal('layout'),
    mode: layoutModeSchema,
    pinned: participantId.nullable(),
  }),
]);
/** Something that happened while it was recorded. */
export type RecordedEvent = z.infer<typeof recordedEventSchema>;

/** What somebody wrote while it was recorded. */
export const recordedChatSchema = z.object({
  at,
  from: participantId,
  name: z.string(),
  text: z.string(),
});
/** What somebody wrote while it was recorded. */
export type RecordedChat = z.infer<typeof recordedChatSchema>;

/** Somebody who was there; ISO 8601 UTC. */
export const recordedParticipantSchema = z.object({
  id: participantId,
  name: z.string(),
  joinedAt: z.iso.datetime(),
  leftAt: z.iso.datetime().nullable(),
  /** The file with their own sound, below the recording's folder, once it is final. */
  track: z.string().optional(),
});
/** Somebody who was there; ISO 8601 UTC. */
export type RecordedParticipant = z.infer<typeof recordedParticipantSchema>;

/** `recording.json`. */
export const recordingSchema = recordingFactsSchema.extend({
  tracks: z.boolean(),
  participants: z.array(recordedParticipantSchema),
  events: z.array(recordedEventSchema),
  chat: z.array(recordedChatSchema),
  /** Who works on it; null once it is final. */
  processes: z
    .object({ gateway: processIdentitySchema, output: processIdentitySchema.nullable() })
    .nullable(),
});
/** `recording.json`. */
export type Recording = z.infer<typeof recordingSchema>;

/** What is kept in memory of a recording, and told: what can be long is left out. */
export interface RecordingSummary extends Omit<Recording, 'events' | 'chat'> {
  /** Whether there is a `chat.vtt`, or will be. */
  readonly hasChat: boolean;
}

/** The short of it. */
export function summaryOf({ events: _events, chat, ...summary }: Recording): RecordingSummary {
  return { ...summary, hasChat: chat.length > 0 };
}

/** Whether nothing will change about it any more. */
export const isFinal = ({ state }: Pick<Recording, 'state'>): boolean =>
  state === 'complete' || state === 'interrupted' || state === 'failed';
