import { AV_LOG_QUIET } from 'node-av/constants';
import { Log } from 'node-av/lib';
import { exitCodes, outcomeOf } from './exit.ts';
import { mix } from './mix.ts';

/**
 * The process of `onegrid mix`. Ends it: native threads would keep it alive.
 *
 * @param args - What stands behind `mix`.
 */
export async function main(args: readonly string[]): Promise<never> {
  // What libav has to say reaches the person at the terminal as one sentence of ours.
  Log.setLevel(AV_LOG_QUIET);
  const abort = new AbortController();
  const interrupt = (): void => {
    if (abort.signal.aborted) process.exit(exitCodes.interrupted);
    abort.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt).on('SIGHUP', interrupt);
  for (const stream of [process.stdout, process.stderr]) {
    // Who reads us may have gone, as in `onegrid mix … | head`.
    stream.on('error', () => undefined);
  }
  process.on('uncaughtException', (error) => {
    process.stderr.write(`onegrid mix: ${outcomeOf(error).line}\n`);
    process.exit(exitCodes.internal);
  });

  const exitCode = await mix(args, {
    stdout: process.stdout,
    stderr: process.stderr,
    signal: abort.signal,
    now: () => performance.now(),
    debug: process.env['DEBUG']?.includes('onegrid') ?? false,
  });
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise((resolve) => stream.write('', resolve));
  }
  process.exit(exitCode);
}
