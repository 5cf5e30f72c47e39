import { z } from 'zod';

/** The version of the signalling protocol spoken here. */
export const protocolVersion = 1;

/** Largest accepted signalling message, in bytes. */
export const maxMessageBytes = 64 * 1024;

/** Reactions that can be sent; anything else is a bad message. */
export const reactions = ['👍', '👏', '❤️', '😂', '😮', '🎉'] as const;
/** One of {@link reactions}. */
export const reactionSchema = z.enum(reactions);
/** One of {@link reactions}. */
export type Reaction = z.infer<typeof reactionSchema>;

/** A room name as typed: 1-64 of letters, digits, `-`, `_`. Compared in lower case. */
export const roomNameSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

/** A display name: 1-64 characters after trimming, any script, no control characters. */
export const displayNameSchema = z
  .string()
  .transform((name) => name.trim().normalize('NFC'))
  .refine((name) => {
    const length = [...name].length;
    return length >= 1 && length <= 64 && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name);
  });

/** Server-made identifiers: short, URL-safe. */
export const participantIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

/** How the composite is laid out; `auto` is grid, and presentation while somebody shares. */
export const layoutModes = ['auto', 'grid', 'speaker', 'presentation', 'pip', 'single'] as const;
/** One of {@link layoutModes}. */
export const layoutModeSchema = z.enum(layoutModes);
/** One of {@link layoutModes}. */
export type LayoutMode = z.infer<typeof layoutModeSchema>;

/** The qualities that receivers share, best first; `audio` has no picture. */
export const rungNames = ['high', 'medium', 'low', 'tiny', 'audio'] as const;
/** One of {@link rungNames}. */
export const rungSchema = z.enum(rungNames);
/** One of {@link rungNames}. */
export type RungName = z.infer<typeof rungSchema>;

/** The best rung a receiver wants; `auto`: the best there is. */
export const qualityCapSchema = z.enum(['auto', ...rungNames]);
/** The best rung a receiver wants; `auto`: the best there is. */
export type QualityCap = z.infer<typeof qualityCapSchema>;

/** What the one video track of a participant shows. */
export const videoSourceSchema = z.enum(['camera', 'screen']);
/** What the one video track of a participant shows. */
export type VideoSource = z.infer<typeof videoSourceSchema>;

/** A direction of media, each with a PeerConnection of its own. */
export const pcSchema = z.enum(['uplink', 'downlink']);
/** A direction of media, each with a PeerConnection of its own. */
export type PcName = z.infer<typeof pcSchema>;

/** RTCIceCandidateInit; null ends the candidates. */
export const candidateSchema = z
  .object({
    candidate: z.string().max(2000),
    sdpMid: z.string().max(64).nullish(),
    sdpMLineIndex: z.number().int().min(0).max(64).nullish(),
    usernameFragment: z.string().max(256).nullish(),
  })
  .nullable();
/** RTCIceCandidateInit; null ends the candidates. */
export type Candidate = z.infer<typeof candidateSchema>;

/** What somebody is in a room; where rooms ask for no tokens, everybody is a guest. */
export const roles = ['host', 'guest', 'viewer'] as const;
/** One of {@link roles}. */
export const roleSchema = z.enum(roles);
/** One of {@link roles}. */
export type Role = z.infer<typeof roleSchema>;

/** What one may do in a room, besides receiving it: send sound and pictures, and what the messages of that name do. */
export const roomRights = [
  'send',
  'chat',
  'hand',
  'react',
  'layout',
  'record',
  'moderate',
] as const;
/** One of {@link roomRights}. */
export type RoomRight = (typeof roomRights)[number];

/** Somebody in a room, as everybody sees them. */
export const participantSchema = z.object({
  id: participantIdSchema,
  name: z.string(),
  role: roleSchema,
  audio: z.boolean(),
  video: z.boolean(),
  source: videoSourceSchema,
  hand: z.boolean(),
  /** When it was raised: the order in which people wait. */
  handAt: z.iso.datetime().optional(),
  joinedAt: z.iso.datetime(),
});
/** Somebody in a room, as everybody sees them. */
export type Participant = z.infer<typeof participantSchema>;

/** What a page calls a message it writes: two of one name are one message. */
export const chatRefSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

/** A chat message as kept by the room; `at` is ISO 8601 UTC. */
export const chatMessageSchema = z.object({
  id: z.string(),
  /** As its writer's page called it. */
  ref: chatRefSchema.optional(),
  from: participantIdSchema,
  name: z.string(),
  text: z.string(),
  at: z.iso.datetime(),
});
/** A chat message as kept by the room; `at` is ISO 8601 UTC. */
export type ChatMessage = z.infer<typeof chatMessageSchema>;

/** A rectangle of the composite, in canvas pixels. */
export const rectangleSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int(),
  height: z.number().int(),
});

/** A recording's states: `starting → active → finishing`, then one of the last three for good. */
export const recordingStates = [
  'starting',
  'active',
  'finishing',
  'complete',
  'interrupted',
  'failed',
] as const;
/** One of {@link recordingStates}. */
export const recordingStateSchema = z.enum(recordingStates);
/** One of {@link recordingStates}. */
export type RecordingState = z.infer<typeof recordingStateSchema>;

/** Why a recording ended. */
export const recordingReasonSchema = z.enum(['stopped', 'room-empty', 'disk-full', 'limit']);
/** Why a recording ended. */
export type RecordingReason = z.infer<typeof recordingReasonSchema>;

/** Made by the server, in the order of time. */
export const recordingIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
