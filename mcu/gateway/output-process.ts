import { fileURLToPath } from 'node:url';
import type { Settings } from '../config/settings.ts';
import type { Logger } from '../log.ts';
import { type OutputCommand, type OutputEvent, outputEventSchema } from '../protocol/outputs.ts';
import { type Child, startChild } from './child.ts';
import type { Watchdog } from './watchdog.ts';

/** An output process as its gateway sees it: it makes one file or stream, answers and exits. */
export type OutputProcess = Child<OutputCommand, OutputEvent>;

/** Starts an output process. */
export type StartOutputProcess = () => OutputProcess;

/** Behind the rooms: what it gets is queued for it. */
const outputNiceness = 0;

/** A disk that stands still may hold it up for a while, and nobody waits for it. */
const hangFactor = 5;

const entry = fileURLToPath(new URL('../outputs/main.js', import.meta.url));

/**
 * Forks an output process.
 * @param settings - what it may do
 * @param log - the gateway's log
 * @param watchdog - ends it where the gateway no longer can
 * @param script - another program that speaks the same messages, for tests
 */
export const startOutputProcess = (
  { hangMs }: Pick<Settings, 'hangMs'>,
  log: Logger,
  watchdog?: Watchdog,
  script: string = entry,
): OutputProcess =>
  startChild<OutputCommand, OutputEvent>({
    entry: script,
    events: outputEventSchema,
    what: 'output',
    niceness: outputNiceness,
    log,
    limits: { hangMs: hangFactor * hangMs, memoryBytes: 0 },
    watchdog,
  });
