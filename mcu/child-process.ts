import type { Logger } from './log.ts';
import { type Pulse, pulseMs } from './protocol/pulse.ts';

/** What is asked of a process that the gateway forks. */
export interface ChildBehaviour {
  /** Asked for when it is needed: its level comes later. */
  readonly log: () => Logger;
  /** Whether its work goes on. One whose event loop turns while its work stands still is no better than one that hangs. */
  readonly isWorking?: () => boolean;
}

/**
 * What holds for every process that the gateway forks: it tells that it lives, until it hangs; Ctrl-C reaches the whole
 * process group, but the gateway decides when it ends; and after an unexpected error nothing in it can be relied on.
 */
export function behaveAsChild({ log, isWorking = () => true }: ChildBehaviour): void {
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log().fatal({ err: error }, event);
      process.exit(70);
    });
  }
  const tell = (): void => {
    if (!process.connected || !isWorking()) return;
    const pulse: Pulse = { type: 'pulse', residentBytes: process.memoryUsage.rss() };
    process.send?.(pulse);
  };
  tell();
  // It keeps nothing alive: a process that has nothing to do and nobody to do it for ends.
  setInterval(tell, pulseMs).unref();
}
