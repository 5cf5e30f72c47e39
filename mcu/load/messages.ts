import { z } from 'zod';

const pc = z.enum(['uplink', 'downlink']);
const candidate = z.object({ candidate: z.string(), sdpMid: z.string().nullish() }).nullable();

/** What a synthetic participant understands of the server's messages; it knows only the fields it uses. */
const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('joined'), participantId: z.string() }),
  z.object({ type: z.literal('answer'), pc: z.literal('uplink'), sdp: z.string() }),
  z.object({
    type: z.literal('offer'),
    pc: z.literal('downlink'),
    sdp: z.string(),
    negotiation: z.number().optional(),
  }),
  z.object({ type: z.literal('candidate'), pc, candidate }),
  z.object({ type: z.literal('reset') }),
  z.object({
    type: z.literal('uplink'),
    width: z.number().min(0),
    height: z.number().min(0),
    fps: z.number().min(0),
    bitrate: z.number().min(0).optional(),
    audio: z.object({ ptime: z.number().positive().optional() }).optional(),
  }),
  z.object({ type: z.literal('error'), code: z.string(), message: z.string(), fatal: z.boolean() }),
  z.object({ type: z.literal('closed'), reason: z.string() }),
]);

/** A message of the server that a synthetic participant obeys. */
export type ServerInstruction = z.infer<typeof messageSchema>;
/** What the server wants to be sent. */
export type UplinkWish = Extract<ServerInstruction, { type: 'uplink' }>;

/** Reads a message of the server; null for what nobody here needs to know. */
export function readInstruction(message: unknown): ServerInstruction | null {
  const result = messageSchema.safeParse(message);
  return result.success ? result.data : null;
}

const rungSchema = z.object({ type: z.literal('quality'), rung: z.string() });

/** The rung of a `quality` message; null for any other message. */
export function readRung(message: unknown): string | null {
  const result = rungSchema.safeParse(message);
  return result.success ? result.data.rung : null;
}
