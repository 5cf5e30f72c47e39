import { Command, CommanderError, Option } from 'commander';
import { outputKindOf } from '../output/index.ts';
import {
  fpsRule,
  isFps,
  isSeconds,
  isSide,
  secondsRule,
  sizeRule,
  type Timeline,
  timelineLayouts,
} from '../render/index.ts';
import { exitCodes, Failure } from './exit.ts';

const leastKbits = 10;
const mostKbits = 100_000;

/** What a command line asks for, checked. */
export interface MixRequest {
  /** As given; none with a timeline. */
  readonly inputs: readonly string[];
  /** The path of a timeline file. */
  readonly timeline: string | undefined;
  readonly output: string;
  /** What was said about the picture; where nothing was, the timeline or the default decides. */
  readonly picture: Partial<Pick<Timeline, 'size' | 'fps' | 'layout'>>;
  readonly bitsPerSecond: number;
  readonly labels: boolean;
  readonly transitions: boolean;
  /** For a picture; seconds. */
  readonly at: number;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly force: boolean;
}

/** What commander makes of the arguments. */
interface Flags {
  readonly output?: string;
  readonly layout?: Timeline['layout'];
  readonly size?: string;
  readonly fps?: string;
  readonly bitrate: string;
  readonly labels: boolean;
  readonly transitions: 'on' | 'off';
  readonly timeline?: string;
  readonly at?: string;
  readonly json?: true;
  readonly quiet?: true;
  readonly force?: true;
}

const help = `
An input is the path of a file: video, sound, or a still picture. Options follow it after commas:
  alice.webm,name=Alice,at=2.5,until=10,muted,novideo
"at" and "until" are seconds of the output; without "until" a participant leaves when the file ends.
A path with commas in it is found if the file exists.

Exit codes: 0 done, 2 wrong usage, 3 an input cannot be read, 4 the output cannot be written, 5 internal,
130 interrupted. On any failure an existing output is left as it was.`;

/**
 * Reads the command line of `onegrid mix`.
 *
 * @param args - What stands behind `mix`.
 * @returns What is asked for; null when help was asked for and has been printed.
 * @throws Failure with one sentence where the command line makes no sense.
 */
export function parseArguments(args: readonly string[]): MixRequest | null {
  const command = mixCommand();
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    fail(`${capital(error.message.replace(/^error: /u, ''))}.`);
  }
  return requestOf(command.args, command.opts<Flags>());
}

function mixCommand(): Command {
  return new Command('onegrid mix')
    .description('Mixes files into one picture and one sound, as a room would.')
    .usage('[options] INPUT… -o NAME')
    .argument('[inputs...]', 'files, each with its options')
    .option('-o, --output <NAME>', 'a .mp4, .mkv, .webm, .m3u8, .wav (sound only) or .png (--at)')
    .addOption(
      new Option('--layout <MODE>', 'how the picture is arranged (default: grid)').choices(
        timelineLayouts,
      ),
    )
    .option('--size <WxH>', 'of the picture, in pixels (default: 1280x720)')
    .option('--fps <N>', 'pictures a second (default: 25)')
    .option('--bitrate <KBITS>', 'of the video, in kbit/s', '1500')
    .option('--labels', 'show names (default)', true)
    .option('--no-labels', 'show no names')
    .addOption(
      new Option('--transitions <SWITCH>', 'whether changes of the picture are animated')
        .choices(['on', 'off'])
        .default('on'),
    )
    .option('--timeline <FILE>', 'who joins and leaves when, and what changes; instead of inputs')
    .option('--at <SECONDS>', 'which moment a .png shows (default: 0)')
    .option('--json', 'print the result as JSON')
    .option('--quiet', 'show no progress')
    .option('--force', 'overwrite the output')
    .addHelpText('after', help)
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({ outputError: () => undefined });
}

function requestOf(inputs: readonly string[], flags: Flags): MixRequest {
  const { timeline } = flags;
  if (timeline === undefined && inputs.length === 0)
    fail('There is nothing to mix: name an input.');
  if (timeline !== undefined && inputs.length > 0) {
    fail('A --timeline takes the place of inputs: give one or the other.');
  }
  const output = flags.output ?? '';
  if (output === '') fail('There is no output: name it with -o.');
  const kind = outputKindOf(output);
  if (kind === null) {
    fail(`The output "${output}" must end in .mp4, .mkv, .webm, .m3u8, .wav or .png.`);
  }
  if (flags.at !== undefined && kind !== 'png') fail('--at is for a .png output.');
  return {
    inputs,
    timeline,
    output,
    picture: {
      ...(flags.size !== undefined && { size: sizeOf(flags.size) }),
      ...(flags.fps !== undefined && { fps: numberOf('--fps', flags.fps, isFps, fpsRule) }),
      ...(flags.layout !== undefined && { layout: flags.layout }),
    },
    bitsPerSecond:
      1000 *
      numberOf(
        '--bitrate',
        flags.bitrate,
        (kbits) => kbits >= leastKbits && kbits <= mostKbits,
        `a number of kbit/s from ${leastKbits} to ${mostKbits}`,
      ),
    labels: flags.labels,
    transitions: flags.transitions === 'on',
    at: numberOf('--at', flags.at ?? '0', isSeconds, secondsRule),
    json: flags.json ?? false,
    quiet: flags.quiet ?? false,
    force: flags.force ?? false,
  };
}

function sizeOf(text: string): [number, number] {
  const [, width, height] = /^(\d+)x(\d+)$/iu.exec(text) ?? [];
  if (width === undefined || height === undefined) {
    fail(`--size must be WIDTHxHEIGHT such as 1280x720, not "${text}".`);
  }
  const size: [number, number] = [Number(width), Number(height)];
  if (!size.every(isSide)) fail(`Each side of --size must be ${sizeRule}, not "${text}".`);
  return size;
}

function numberOf(
  flag: string,
  text: string,
  isGood: (value: number) => boolean,
  rule: string,
): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!isGood(value)) fail(`${flag} must be ${rule}, not "${text}".`);
  return value;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).replace(/\.$/u, '');
}

function fail(sentence: string): never {
  throw new Failure(exitCodes.usage, sentence);
}
