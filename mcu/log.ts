import { pino, type Logger } from 'pino';

export type { Logger };

/** What a line of the log is from. */
export type LogOrigin = 'gateway' | 'room' | 'output';

/**
 * The log of a process: JSON lines on standard output, ids of room, participant and join as fields.
 * Never SDP, tokens or chat.
 */
export const createLog = (
  level: string,
  origin: LogOrigin,
  bindings: Record<string, unknown> = {},
): Logger =>
  pino({
    level,
    base: { pid: process.pid, process: origin, ...bindings },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
