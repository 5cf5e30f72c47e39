import { z } from 'zod';

/** What an output process makes: one thing each, so that none waits for another. */
export const outputSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('recording'),
    /** Absolute, and there already. */
    directory: z.string(),
    /** 0 for the first one of the recording; a crash or a pause begins another. */
    segment: z.number().int().nonnegative(),
    /** Whether it follows the segment before without a gap (after a pause); else as much later as it began later. */
    joined: z.boolean(),
    /** Whether each participant's sound is kept in a file of its own, too. */
    tracks: z.boolean(),
  }),
  z.object({
    kind: z.literal('hls'),
    /** Absolute, and there already. */
    directory: z.string(),
    segmentSeconds: z.number().int().positive(),
    /** How far back one can watch. */
    windowSeconds: z.number().int().positive(),
  }),
  z.object({
    kind: z.literal('stream'),
    /** `rtmp(s):` or `srt:`; holds the key, so it is never logged nor told. */
    url: z.string(),
  }),
]);
/** What an output process makes. */
export type Output = z.infer<typeof outputSchema>;

/** Ids that every line of an output process's log carries: `room`, `recording` or `stream`, and `join` of who asked for it. */
export const aboutSchema = z.partialRecord(
  z.enum(['room', 'recording', 'stream', 'join']),
  z.string(),
);
/** Ids that every line of an output process's log carries. */
export type OutputAbout = z.infer<typeof aboutSchema>;

/** Gateway → output process. */
export const outputCommandSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('open'),
    output: outputSchema,
    /** Where the room process is to connect to: the path of a Unix socket, on Windows of a named pipe. */
    socket: z.string(),
    canvas: z.object({ width: z.number().int(), height: z.number().int() }),
    /** Pictures a second. */
    fps: z.number().int(),
    logLevel: z.string(),
    about: aboutSchema.optional(),
  }),
  /** Ends the file or stream properly; the process answers `finished` or `failed` and exits. */
  z.object({ type: z.literal('finish') }),
  /** Instead of `open`: makes `media.mp4` and `poster.jpg` of the segments that are in a recording's directory, answers likewise. */
  z.object({
    type: z.literal('assemble'),
    directory: z.string(),
    logLevel: z.string(),
    about: aboutSchema.optional(),
  }),
]);
/** Gateway → output process. */
export type OutputCommand = z.infer<typeof outputCommandSchema>;

/** Output process → gateway. */
export const outputEventSchema = z.discriminatedUnion('type', [
  /** The room process may connect. */
  z.object({ type: z.literal('listening') }),
  /** The first picture is in: position 0 was `agoMs` ago. */
  z.object({ type: z.literal('started'), agoMs: z.number() }),
  /** Once a second. Of this segment, or of this run of the stream. */
  z.object({
    type: z.literal('progress'),
    bytes: z.number().nonnegative(),
    durationSeconds: z.number().nonnegative(),
    /** Of the process. */
    residentBytes: z.number().nonnegative().optional(),
  }),
  /** Of a stream. `error`: one sentence, without the key. */
  z.object({
    type: z.literal('connection'),
    state: z.enum(['connecting', 'active', 'retrying']),
    error: z.string().optional(),
  }),
  /** Done: what there is plays; of a recording all of it, with the segments before. `full`: the disk is, so it ended earlier. */
  z.object({
    type: z.literal('finished'),
    durationSeconds: z.number().nonnegative(),
    bytes: z.number().nonnegative(),
    full: z.boolean(),
  }),
  /** Nothing that plays. */
  z.object({ type: z.literal('failed'), message: z.string() }),
]);
/** Output process → gateway. */
export type OutputEvent = z.infer<typeof outputEventSchema>;
