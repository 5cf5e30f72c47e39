import { fileURLToPath } from 'node:url';
import type { Logger } from '../log.ts';
import { type OutputCommand, type OutputEvent, outputEventSchema } from '../protocol/outputs.ts';
import { type Child, startChild } from './child.ts';

/** An output process as its gateway sees it: it makes one file or stream, answers and exits. */
export type OutputProcess = Child<OutputCommand, OutputEvent>;

/** Starts an output process. */
export type StartOutputProcess = () => OutputProcess;

/** Behind the rooms: what it gets is queued for it. */
const outputNiceness = 0;

const entry = fileURLToPath(new URL('../outputs/main.js', import.meta.url));

/**
 * Forks an output process.
 * @param log - the gateway's log
 * @param script - another program that speaks the same messages, for tests
 */
export const startOutputProcess = (log: Logger, script: string = entry): OutputProcess =>
  startChild<OutputCommand, OutputEvent>({
    entry: script,
    events: outputEventSchema,
    what: 'output',
    niceness: outputNiceness,
    log,
  });
