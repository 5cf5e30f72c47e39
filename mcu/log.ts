import { pino, type Logger } from 'pino';

export type { Logger };

/**
 * The log of a process: JSON lines on standard output, room and participant ids as fields.
 * Never SDP, tokens or chat.
 */
export const createLog = (level: string, bindings: Record<string, unknown> = {}): Logger =>
  pino({
    level,
    base: { pid: process.pid, ...bindings },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
