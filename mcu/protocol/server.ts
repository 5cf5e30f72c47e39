import { z } from 'zod';
import {
  candidateSchema,
  chatMessageSchema,
  layoutModeSchema,
  participantIdSchema,
  participantSchema,
  pcSchema,
  recordingIdSchema,
  recordingReasonSchema,
  recordingStateSchema,
  rectangleSchema,
  roomRights,
  rungSchema,
} from './common.ts';
import { errorCodes } from './errors.ts';

/** `stun:host:port`, `turn:host:port?transport=…` (RFC 7064, RFC 7065). */
export const iceUrlSchema = z
  .string()
  .regex(/^(stun|turn)s?:[^\s:?@/]+(:\d{1,5})?(\?transport=(udp|tcp))?$/)
  .refine((url) => Number(/:(\d+)(\?|$)/.exec(url)?.[1] ?? 1) <= 65535);

/** RTCIceServer. */
export const iceServerSchema = z
  .object({
    urls: z.union([iceUrlSchema, z.array(iceUrlSchema).min(1)]),
    username: z.string().optional(),
    credential: z.string().optional(),
  })
  .refine(
    ({ urls, username, credential }) =>
      [urls].flat().every((url) => url.startsWith('stun')) || Boolean(username && credential),
    { error: 'must have a username and a credential for each turn server' },
  );
/** RTCIceServer. */
export type IceServer = z.infer<typeof iceServerSchema>;

/** Why a connection or a participant's stay ended. */
export const closedReasonSchema = z.enum([
  'left',
  'removed',
  'room-closed',
  'replaced',
  'shutdown',
  'timeout',
]);
/** Why a connection or a participant's stay ended. */
export type ClosedReason = z.infer<typeof closedReasonSchema>;

/**
 * Why a receiver is on its rung: it is the best that may be used, or the best it wants; its network carries no more, or loses too
 * much; the server has no time to make more.
 */
export const qualityReasonSchema = z.enum(['auto', 'requested', 'bandwidth', 'loss', 'server']);

/** The messages of a participant's media, made by its room process and passed on as they are. */
export const mediaMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('answer'), pc: z.literal('uplink'), sdp: z.string() }),
  z.object({
    type: z.literal('offer'),
    pc: z.literal('downlink'),
    sdp: z.string(),
    negotiation: z.number().int(),
  }),
  z.object({ type: z.literal('candidate'), pc: pcSchema, candidate: candidateSchema }),
  z.object({
    type: z.literal('layout'),
    mode: layoutModeSchema,
    pinned: participantIdSchema.nullable(),
    canvas: z.object({ width: z.number().int(), height: z.number().int() }),
    tiles: z.array(rectangleSchema.extend({ participantId: participantIdSchema })),
    overflow: rectangleSchema.extend({ count: z.number().int() }).nullable(),
  }),
  z.object({
    type: z.literal('quality'),
    rung: rungSchema,
    reason: qualityReasonSchema,
    estimateKbps: z.number().int(),
    /** In the first one: what there is to choose from, best first, and what each takes on the wire. */
    rungs: z.array(z.object({ rung: rungSchema, kbps: z.number().int().positive() })).optional(),
  }),
  z.object({ type: z.literal('speakers'), active: z.array(participantIdSchema) }),
  z.object({
    type: z.literal('uplink'),
    width: z.number().int().positive(),
    height: z.number().int().positive(),
    fps: z.number().int().nonnegative(),
    bitrate: z.number().int().nonnegative(),
    audio: z.object({ ptime: z.number().int().positive(), bitrate: z.number().int().positive() }),
  }),
  z.object({
    type: z.literal('error'),
    code: z.enum(errorCodes),
    message: z.string(),
    fatal: z.boolean(),
    /** Of the `chat` that was refused, where it had one. */
    ref: z.string().optional(),
  }),
]);
/** The messages of a participant's media, made by its room process and passed on as they are. */
export type MediaMessage = z.infer<typeof mediaMessageSchema>;

/** The recording of a room that is running, as newcomers are told of it. */
export const runningRecordingSchema = z.object({
  id: recordingIdSchema,
  state: recordingStateSchema,
});
/** The recording of a room that is running, as newcomers are told of it. */
export type RunningRecording = z.infer<typeof runningRecordingSchema>;

const gatewayMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('joined'),
    participantId: participantIdSchema,
    resumeToken: z.string(),
    /** The id of this connection in the server's log, for complaints. */
    join: z.string().optional(),
    resumed: z.boolean().optional(),
    room: z.object({
      name: z.string(),
      layout: layoutModeSchema,
      pinned: participantIdSchema.nullable(),
      /** The one that is running. */
      recording: runningRecordingSchema.nullable(),
    }),
    participants: z.array(participantSchema),
    iceServers: z.array(iceServerSchema),
    chat: z.array(chatMessageSchema),
    /** Whether this participant may `moderate`. */
    mayModerate: z.boolean().optional(),
    /** All that this participant may do. */
    may: z.array(z.enum(roomRights)).optional(),
  }),
  /** Somebody has muted this participant, who may unmute. */
  z.object({ type: z.literal('muted'), by: participantIdSchema }),
  z.object({ type: z.literal('reset'), reason: z.string() }),
  z.object({
    type: z.literal('participant'),
    event: z.enum(['joined', 'left', 'changed']),
    participant: participantSchema,
  }),
  chatMessageSchema.extend({ type: z.literal('chat') }),
  z.object({ type: z.literal('reaction'), participantId: participantIdSchema, emoji: z.string() }),
  z.object({
    type: z.literal('recording'),
    state: recordingStateSchema,
    id: recordingIdSchema,
    reason: recordingReasonSchema.optional(),
  }),
  /**
   * The server stops: rooms may go on until `at`, ISO 8601 UTC, in `inMs` milliseconds. Told to everybody then, and to whoever
   * comes until then.
   */
  z.object({
    type: z.literal('closing'),
    at: z.iso.datetime(),
    inMs: z.number().int().nonnegative(),
  }),
  z.object({ type: z.literal('closed'), reason: closedReasonSchema }),
]);

/** Server → browser. */
export const serverMessageSchema = z.union([mediaMessageSchema, gatewayMessageSchema]);
/** Server → browser. */
export type ServerMessage = z.infer<typeof serverMessageSchema>;
