import { Command, CommanderError, Option } from 'commander';
import { loadDefaults, type LoadOptions } from './load-options.ts';
import { signallingAddress } from './signalling.ts';

/** The command line makes no sense; `message` is one sentence. */
export class UsageError extends Error {}

/** What a command line asks for, checked. */
export interface LoadRequest {
  readonly options: LoadOptions;
  readonly json: boolean;
  readonly details: boolean;
  readonly quiet: boolean;
}

/** What commander makes of the arguments. */
interface Flags {
  readonly url: string;
  readonly room: string;
  readonly participants: string;
  readonly listeners: string;
  readonly rooms: string;
  readonly ramp: string;
  readonly duration: string;
  readonly speakers: string;
  readonly churn: string;
  readonly clip?: string;
  readonly loss: string;
  readonly uplinkLoss: string;
  readonly size?: string;
  readonly fps: string;
  readonly codec: 'h264' | 'vp8';
  readonly quality?: string;
  readonly token?: string;
  readonly json?: true;
  readonly details?: true;
  readonly quiet?: true;
}

const help = `
Clips are encoded once, before anybody joins, and then sent again and again: a participant costs this process about
1 % of a core. Media goes by the machine's own addresses; STUN and TURN are not used.

Exit codes: 0 done, 2 wrong usage, 1 the server could not be reached or nobody could join. Interrupting ends the run
early, with its report.`;

/**
 * Reads the command line of `onegrid load`.
 *
 * @param args - What stands behind `load`.
 * @returns What is asked for; null when help was asked for and has been printed.
 * @throws UsageError where the command line makes no sense.
 */
export function parseArguments(args: readonly string[]): LoadRequest | null {
  const command = loadCommand();
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    const said = error.message.replace(/^error: /u, '').replace(/\.$/u, '');
    throw new UsageError(`${said.charAt(0).toUpperCase()}${said.slice(1)}.`);
  }
  return requestOf(command.opts<Flags>());
}

function loadCommand(): Command {
  const { url, room, participants, listeners, rooms, ramp, duration, speakers, churn, fps, codec } =
    loadDefaults;
  return new Command('onegrid load')
    .description('Lets synthetic participants join a running server, and counts what they receive.')
    .option('--url <URL>', 'of the server', url)
    .option('--room <NAME>', 'the room; with --rooms, a number is put behind', room)
    .option('--participants <N>', 'who send video and sound, in all rooms', String(participants))
    .option('--listeners <N>', 'who join too and send nothing, in all rooms', String(listeners))
    .option('--rooms <N>', 'rooms they are spread over', String(rooms))
    .option('--ramp <SECONDS>', 'over which they join', String(ramp))
    .option(
      '--duration <SECONDS>',
      'they stay once all joined; 0: until interrupted',
      String(duration),
    )
    .option('--speakers <K>', 'who are heard in each room; others are silent', String(speakers))
    .option('--churn <N>', 'who leave each minute, another joining for each', String(churn))
    .option('--clip <FILE>', 'a media file to send (default: generated pictures and voices)')
    .option('--loss <PERCENT>', "of the downlinks' packets that are dropped", '0')
    .option('--uplink-loss <PERCENT>', "of the uplinks' packets that are dropped", '0')
    .option('--size <WxH>', 'of the uplinks, fixed (default: 640x360, then as the server asks)')
    .option('--fps <N>', 'pictures a second of the uplinks, at most', String(fps))
    .addOption(
      new Option('--codec <NAME>', 'of the downlinks').choices(['h264', 'vp8']).default(codec),
    )
    .option('--quality <RUNG>', 'the rung to ask for, such as low (default: none)')
    .option('--token <TOKEN>', 'the room token to join with')
    .option('--json', 'print the result as JSON')
    .option('--details', 'with a part for each participant; implies --json')
    .option('--quiet', 'show no progress')
    .allowExcessArguments(false)
    .addHelpText('after', help)
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({ outputError: () => undefined });
}

function requestOf(flags: Flags): LoadRequest {
  const participants = whole('--participants', flags.participants, 0, 10_000);
  const listeners = whole('--listeners', flags.listeners, 0, 10_000);
  if (participants + listeners === 0) throw new UsageError('There must be somebody to join.');
  const rooms = whole('--rooms', flags.rooms, 1, 10_000);
  if (rooms > participants + listeners) {
    throw new UsageError(`--rooms must be at most as many as join, not "${flags.rooms}".`);
  }
  if (!/^[A-Za-z0-9_-]{1,58}$/u.test(flags.room)) {
    throw new UsageError(
      `--room must be 1 to 58 letters, digits, hyphens or underscores, not "${flags.room}".`,
    );
  }
  try {
    signallingAddress(flags.url);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(`--url: ${error.message}`);
  }
  const { clip, quality, token } = flags;
  return {
    options: {
      url: flags.url,
      room: flags.room,
      participants,
      listeners,
      rooms,
      ramp: number('--ramp', flags.ramp, 0, 86_400),
      duration: number('--duration', flags.duration, 0, 31_536_000),
      speakers: whole('--speakers', flags.speakers, 0, 10_000),
      churn: number('--churn', flags.churn, 0, 6000),
      clip,
      loss: {
        downlink: number('--loss', flags.loss, 0, 100) / 100,
        uplink: number('--uplink-loss', flags.uplinkLoss, 0, 100) / 100,
      },
      size: flags.size === undefined ? undefined : sizeOf(flags.size),
      fps: number('--fps', flags.fps, 1, 60),
      codec: flags.codec,
      quality,
      token,
    },
    json: (flags.json ?? false) || (flags.details ?? false),
    details: flags.details ?? false,
    quiet: flags.quiet ?? false,
  };
}

function sizeOf(text: string): { width: number; height: number } {
  const [, width, height] = /^(\d+)x(\d+)$/iu.exec(text) ?? [];
  const size = { width: Number(width), height: Number(height) };
  const isGood = (side: number): boolean => side >= 32 && side <= 4096 && side % 2 === 0;
  if (!isGood(size.width) || !isGood(size.height)) {
    throw new UsageError(
      `--size must be WIDTHxHEIGHT such as 640x360, even numbers from 32 to 4096, not "${text}".`,
    );
  }
  return size;
}

function number(flag: string, text: string, least: number, most: number): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (value >= least && value <= most) return value;
  throw new UsageError(`${flag} must be a number from ${least} to ${most}, not "${text}".`);
}

function whole(flag: string, text: string, least: number, most: number): number {
  const value = number(flag, text, least, most);
  if (Number.isInteger(value)) return value;
  throw new UsageError(`${flag} must be a whole number, not "${text}".`);
}
