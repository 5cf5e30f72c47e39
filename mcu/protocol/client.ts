import { z } from 'zod';
import {
  candidateSchema,
  chatRefSchema,
  displayNameSchema,
  layoutModeSchema,
  maxMessageBytes,
  participantIdSchema,
  pcSchema,
  qualityCapSchema,
  reactionSchema,
  roomNameSchema,
  videoSourceSchema,
} from './common.ts';

const sdpSchema = z.string().min(1).max(maxMessageBytes);

/** `join`: the first message of a connection. */
export const joinSchema = z.object({
  type: z.literal('join'),
  protocol: z.number().int(),
  room: roomNameSchema,
  name: displayNameSchema,
  token: z.string().max(4096).optional(),
  resume: z.string().max(128).optional(),
  media: z.object({ audio: z.boolean(), video: z.boolean() }).optional(),
});

/** Browser → server, as on the wire (CONTRACT: Signalling). */
export const clientMessageSchema = z.discriminatedUnion('type', [
  joinSchema,
  z.object({ type: z.literal('offer'), pc: z.literal('uplink'), sdp: sdpSchema }),
  z.object({
    type: z.literal('answer'),
    pc: z.literal('downlink'),
    sdp: sdpSchema,
    negotiation: z.number().int().optional(),
  }),
  z.object({ type: z.literal('candidate'), pc: pcSchema, candidate: candidateSchema }),
  z.object({
    type: z.literal('media'),
    audio: z.boolean(),
    video: z.boolean(),
    source: videoSourceSchema,
    /** The audio track carries the sound of what is shared, too: it is heard, whether the microphone is on or not. */
    shareAudio: z.boolean().optional(),
  }),
  z.object({
    type: z.literal('layout'),
    mode: layoutModeSchema,
    pinned: participantIdSchema.nullish(),
  }),
  z.object({ type: z.literal('quality'), max: qualityCapSchema }),
  z.object({ type: z.literal('network'), uplinkKbps: z.number().int().nonnegative().max(1e6) }),
  z.object({ type: z.literal('record'), action: z.enum(['start', 'stop']) }),
  z.object({
    type: z.literal('chat'),
    text: z
      .string()
      .transform((text) => text.trim())
      .refine((text) => text.length >= 1),
    /** What the page calls it: sent again under one name, it is one message. */
    ref: chatRefSchema.optional(),
  }),
  z.object({ type: z.literal('hand'), raised: z.boolean() }),
  z.object({ type: z.literal('react'), emoji: reactionSchema }),
  z.object({
    type: z.literal('moderate'),
    participantId: participantIdSchema,
    action: z.enum(['mute', 'remove']),
  }),
  z.object({ type: z.literal('reconnect'), pc: pcSchema }),
  z.object({ type: z.literal('leave') }),
]);

/** Browser → server, after validation. */
export type ClientMessage = z.output<typeof clientMessageSchema>;
/** What somebody in a room may send. */
export type RoomMessage = Exclude<ClientMessage, { type: 'join' | 'leave' }>;
/** Browser → server, as a client writes it. */
export type ClientMessageInput = z.input<typeof clientMessageSchema>;
