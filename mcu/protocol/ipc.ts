import { z } from 'zod';
import {
  candidateSchema,
  layoutModeSchema,
  participantIdSchema,
  pcSchema,
  qualityCapSchema,
  reactionSchema,
  rungSchema,
  videoSourceSchema,
} from './common.ts';
import { iceServerSchema, mediaMessageSchema } from './server.ts';

/** The settings a room process needs. */
export const roomSettingsSchema = z.object({
  canvas: z.object({ width: z.number().int(), height: z.number().int() }),
  fps: z.number().int(),
  transitions: z.boolean(),
  /** Those with a picture that may be used, best first. */
  rungs: z.array(rungSchema.exclude(['audio'])).min(1),
  udpPorts: z.object({ minimum: z.number().int(), maximum: z.number().int() }).optional(),
  /** Put into the server's candidates in place of local ones. */
  announcedIp: z.string().optional(),
  /** Larger pictures are not taken. */
  maxUplink: z.object({ width: z.number().int(), height: z.number().int() }),
  /** Whether a room that has too little time lowers what it costs. */
  governor: z.boolean(),
  mediaTimeoutMs: z.number().int(),
  uplinkHoldMs: z.number().int(),
  /** So much may wait for an output process that does not read. */
  outputQueueBytes: z.number().int(),
  logLevel: z.string(),
});
/** The settings a room process needs. */
export type RoomSettings = z.infer<typeof roomSettingsSchema>;

/** What a participant's media is like, as far as mixing needs to know. */
export const mediaStateSchema = z.object({
  audio: z.boolean(),
  video: z.boolean(),
  source: videoSourceSchema,
  /** Whether they are to be heard with their microphone off: what they share has sound. */
  shareAudio: z.boolean(),
});
/** What a participant's media is like, as far as mixing needs to know. */
export type MediaState = z.infer<typeof mediaStateSchema>;

/** A participant as the room process knows it. */
export const memberSchema = z.object({
  id: participantIdSchema,
  /** The id of their connection: log lines carry it. */
  join: z.string(),
  name: z.string(),
  media: mediaStateSchema,
  hand: z.boolean(),
  quality: qualityCapSchema,
  /** Their place among all who ever joined: tiles follow it. */
  order: z.number().int(),
  /** Whether their connection is gone. */
  away: z.boolean(),
  /** Whether they only watch: they send nothing and have no tile. */
  watches: z.boolean(),
  /** Whether they come from an address that the internet does not reach. */
  isPrivate: z.boolean(),
  /** For the server's side of this participant's PeerConnections. */
  iceServers: z.array(iceServerSchema),
});
/** A participant as the room process knows it. */
export type Member = z.infer<typeof memberSchema>;

/** An encoder of a room, as told over HTTP. */
export const rungStateSchema = z.object({
  rung: rungSchema,
  codec: z.enum(['h264', 'vp8']),
  /** Receivers, recordings and streams. */
  viewers: z.number().int().nonnegative(),
  /** What the picture takes, kbit/s. */
  kbps: z.number().nonnegative(),
});
/** An encoder of a room, as told over HTTP. */
export type RungState = z.infer<typeof rungStateSchema>;

/** How much a room process has to do. */
export const roomLoadSchema = z.object({
  /** Processor time since it was started. */
  cpuSeconds: z.number().nonnegative(),
  /** Ticks of the last second or two that came too late, as a part of all. */
  skippedShare: z.number().min(0).max(1),
  /** What it does without, see `mcu/room/ease.ts`; 0: nothing. */
  level: z.number().int().nonnegative(),
});
/** How much a room process has to do. */
export type RoomLoad = z.infer<typeof roomLoadSchema>;

const participantId = participantIdSchema;

/** Gateway → room process. */
export const roomCommandSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('open'), room: z.string(), settings: roomSettingsSchema }),
  /**
   * `requestedAt`: when the participant asked to join, in milliseconds of Unix time; `generation`: how
   * many processes of the room died before this one.
   */
  z.object({
    type: z.literal('add'),
    member: memberSchema,
    requestedAt: z.number(),
    generation: z.number().int(),
  }),
  z.object({ type: z.literal('remove'), participantId }),
  /** Their connection is gone, or there again. Media goes on; who is back is told again how things stand. */
  z.object({
    type: z.literal('away'),
    participantId,
    away: z.boolean(),
    /** The id of the connection they are back by. */
    join: z.string().optional(),
  }),
  z.object({ type: z.literal('media'), participantId, media: mediaStateSchema }),
  z.object({ type: z.literal('hand'), participantId, raised: z.boolean() }),
  z.object({ type: z.literal('react'), participantId, emoji: reactionSchema }),
  z.object({ type: z.literal('quality'), participantId, max: qualityCapSchema }),
  z.object({ type: z.literal('network'), participantId, uplinkKbps: z.number().int() }),
  z.object({ type: z.literal('offer'), participantId, sdp: z.string() }),
  z.object({
    type: z.literal('answer'),
    participantId,
    sdp: z.string(),
    negotiation: z.number().int().optional(),
  }),
  z.object({
    type: z.literal('candidate'),
    participantId,
    pc: pcSchema,
    candidate: candidateSchema,
  }),
  z.object({ type: z.literal('reconnect'), participantId, pc: pcSchema }),
  z.object({
    type: z.literal('layout'),
    mode: layoutModeSchema,
    pinned: participantIdSchema.nullable(),
  }),
  /** Sends the encoded composite and the mix to the output process that listens at `socket`, until `unfeed`. */
  z.object({
    type: z.literal('feed'),
    feedId: z.string(),
    socket: z.string(),
    /** Whether it wants each participant's sound, too. */
    tracks: z.boolean(),
  }),
  z.object({ type: z.literal('unfeed'), feedId: z.string() }),
  z.object({ type: z.literal('snapshot'), requestId: z.number().int() }),
  z.object({ type: z.literal('close') }),
]);
/** Gateway → room process. */
export type RoomCommand = z.infer<typeof roomCommandSchema>;

/** Room process → gateway. */
export const roomEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message'), participantId, message: mediaMessageSchema }),
  z.object({
    type: z.literal('broadcast'),
    message: mediaMessageSchema,
    /** Who is not told. */
    except: z.array(participantId).optional(),
  }),
  /** `timeout`: nothing has come of them for too long; `closed`: who is away has closed their PeerConnections. */
  z.object({ type: z.literal('gone'), participantId, reason: z.enum(['timeout', 'closed']) }),
  z.object({
    type: z.literal('metrics'),
    metrics: z.array(z.unknown()),
    /** The encoders that are running, for `GET /api/v1/rooms/:room`. */
    rungs: z.array(rungStateSchema).optional(),
    load: roomLoadSchema.optional(),
  }),
  /** The composite as JPEG in Base64; null where there is none. */
  z.object({
    type: z.literal('snapshot'),
    requestId: z.number().int(),
    jpeg: z.string().nullable(),
  }),
]);
/** Room process → gateway. */
export type RoomEvent = z.infer<typeof roomEventSchema>;
