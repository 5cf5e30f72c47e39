import type { Logger } from './log.ts';

/**
 * What holds for every process that the gateway forks: Ctrl-C reaches the whole process group, but the gateway decides when it
 * ends; and after an unexpected error nothing in it can be relied on.
 *
 * @param log - asked for when it is needed: its level comes later
 */
export function behaveAsChild(log: () => Logger): void {
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log().fatal({ err: error }, event);
      process.exit(70);
    });
  }
}
