import { Command, CommanderError } from 'commander';
import { addSettingFlags } from './config/flags.ts';
import { readSettings, type Settings, SettingsError } from './config/settings.ts';
import { startGateway } from './gateway/server.ts';
import { createLog } from './log.ts';
import { tokenCommand } from './token-command.ts';

/** One sentence for the errors of `listen` that people meet. */
function listenProblem(error: unknown, { port, host }: Settings): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `Port ${String(port)} is in use; set PORT to another one.`;
  if (code === 'EACCES')
    return `Port ${String(port)} needs more rights; set PORT to 1024 or above.`;
  if (code === 'EADDRNOTAVAIL') return `This machine has no address ${host ?? ''} to listen on.`;
  return undefined;
}

/** Ends the process with one sentence. */
function fail(sentence: string): never {
  process.stderr.write(`onegrid: ${sentence}\n`);
  process.exit(1);
}

async function serve(flags: Record<string, string>): Promise<void> {
  let settings: Settings;
  try {
    settings = readSettings(process.env, flags);
  } catch (error) {
    if (error instanceof SettingsError) fail(error.message);
    throw error;
  }
  const log = createLog(settings.logLevel, 'gateway');
  const gateway = await startGateway(settings, log).catch((error: unknown) => {
    const sentence =
      error instanceof SettingsError ? error.message : listenProblem(error, settings);
    if (sentence === undefined) throw error;
    return fail(sentence);
  });
  let stopping = false;
  const stop = (end: () => Promise<void>): void => {
    if (stopping) {
      gateway.abort();
      process.exit(1);
    }
    stopping = true;
    end().then(
      () => process.exit(0),
      (error: unknown) => {
        log.fatal({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  // Whoever presses Ctrl-C wants it to be over; a service manager gives rooms the time to end by themselves.
  process.on('SIGINT', () => {
    stop(() => gateway.close());
  });
  process.on('SIGTERM', () => {
    stop(() => gateway.drain());
  });
  // Last: who has read it may send a signal.
  const host = settings.host ?? 'localhost';
  const scheme = settings.tlsCert === undefined ? 'http' : 'https';
  process.stderr.write(`onegrid is on ${scheme}://${host}:${String(gateway.port)}\n`);
}

const serveCommand = (): Command =>
  addSettingFlags(new Command('serve').description('run the server')).action(
    async (flags: Record<string, string>) => {
      await serve(flags);
    },
  );

/**
 * Lines in the help: bin/onegrid.mjs hands these commands to programs of their own, whose libraries this process must
 * not load.
 */
const otherCommands = (): Command[] => [
  new Command('mix')
    .description('mix files into one picture and one sound')
    .usage('INPUT… -o NAME    (see onegrid mix --help)'),
  new Command('load')
    .description('let synthetic participants join a running server')
    .usage('[options]    (see onegrid load --help)'),
  new Command('doctor')
    .description('look whether this machine has what a server needs')
    .usage('[options]    (see onegrid doctor --help)'),
];

/**
 * The command line.
 * @param argv - the arguments behind the program's name
 */
export async function main(argv: string[]): Promise<void> {
  const program = new Command('onegrid')
    .description('a WebRTC MCU: everybody sends one stream and receives one')
    .exitOverride()
    .addCommand(serveCommand().exitOverride())
    .addCommand(tokenCommand(fail).exitOverride());
  for (const command of otherCommands()) program.addCommand(command.exitOverride());
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed what is wrong; asking for help is not wrong.
    process.exit(error.exitCode === 0 ? 0 : 2);
  }
}
