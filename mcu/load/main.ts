/** The process of `onegrid load`. */
import { AV_LOG_QUIET } from 'node-av/constants';
import { Log } from 'node-av/lib';
import nodeDataChannel from 'node-datachannel';
import { exitCodes, load } from './command.ts';

/**
 * Runs the command and ends the process: native threads would keep it alive.
 *
 * @param args - What stands behind `load`.
 */
export async function main(args: readonly string[]): Promise<never> {
  Log.setLevel(AV_LOG_QUIET);
  // What libdatachannel has to say of single packets would bury the report.
  nodeDataChannel.initLogger('Fatal', () => undefined);
  const abort = new AbortController();
  const interrupt = (): void => {
    if (abort.signal.aborted) process.exit(exitCodes.failed);
    abort.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt).on('SIGHUP', interrupt);
  for (const stream of [process.stdout, process.stderr]) {
    // Who reads us may have gone, as in `onegrid load … | head`.
    stream.on('error', () => undefined);
  }
  const { stdout, stderr } = process;
  const exitCode = await load(args, { stdout, stderr, signal: abort.signal });
  for (const stream of [stdout, stderr]) {
    await new Promise((resolve) => stream.write('', resolve));
  }
  process.exit(exitCode);
}
