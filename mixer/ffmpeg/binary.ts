import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Where an ffmpeg was found. */
export type FfmpegSource = 'FFMPEG_PATH' | 'ffmpeg-static' | 'PATH';

/** There is no ffmpeg, or the one that was chosen does not run. The message is one sentence that says what to do. */
export class FfmpegMissing extends Error {
  override readonly name = 'FfmpegMissing';
}

/** The lists that ffmpeg prints of what it was built with, and how a name stands in a line of each. */
const lists = {
  // " V....D libx264   H.264 …"; the legend has "=" in place of a name.
  '-encoders': /^ [VAS.][F.][S.][X.][B.][D.] ([^\s=]+)/,
  // "  E mp4   MP4 …" or, since FFmpeg 7, " E  mp4" and " E d alsa", where d is for a device.
  '-muxers': /^ +D? *E *d? +([^\s=]+) /,
  '-protocols': /^ +(\S+)$/,
} as const;

/** An ffmpeg command that has been seen to run. */
export class FfmpegBinary {
  /** What to spawn; absolute unless FFMPEG_PATH is not. */
  readonly path: string;
  readonly source: FfmpegSource;
  /** As it says itself, such as `5.1.9-0+deb12u1`. */
  readonly version: string;
  readonly #lists = new Map<keyof typeof lists, Promise<ReadonlySet<string>>>();

  constructor(path: string, source: FfmpegSource, version: string) {
    this.path = path;
    this.source = source;
    this.version = version;
  }

  /** Whether it has an encoder, by ffmpeg's name for it: `libx264`. */
  async hasEncoder(name: string): Promise<boolean> {
    return (await this.#list('-encoders')).has(name);
  }

  /** Whether it can write a container: `mp4`. */
  async hasMuxer(name: string): Promise<boolean> {
    return (await this.#list('-muxers')).has(name);
  }

  /** Whether it can write to URLs of a scheme: `rtmp`. */
  async hasProtocol(name: string): Promise<boolean> {
    return (await this.#list('-protocols')).has(name);
  }

  #list(option: keyof typeof lists): Promise<ReadonlySet<string>> {
    const known = this.#lists.get(option) ?? this.#ask(option);
    this.#lists.set(option, known);
    return known;
  }

  async #ask(option: keyof typeof lists): Promise<ReadonlySet<string>> {
    const { stdout } = await execute(this.path, ['-hide_banner', option], { windowsHide: true });
    // Protocols come in two lists, those it reads and those it writes.
    const relevant = option === '-protocols' ? (stdout.split(/^Output:/m)[1] ?? '') : stdout;
    const names = relevant.split(/\r?\n/).map((line) => lists[option].exec(line)?.[1]);
    return new Set(names.flatMap((name) => name?.split(',') ?? []));
  }
}

/**
 * Finds ffmpeg: what FFMPEG_PATH names, else the optional package ffmpeg-static, else `ffmpeg` on PATH.
 * @param environment - the variables to go by
 * @param bundled - the path that ffmpeg-static gives, null without it
 * @throws {FfmpegMissing} when there is none, or when FFMPEG_PATH names something else
 */
export async function findFfmpeg(
  environment: NodeJS.ProcessEnv = process.env,
  bundled: () => string | null = ffmpegStatic,
): Promise<FfmpegBinary> {
  const chosen = environment['FFMPEG_PATH'];
  if (chosen) {
    const version = await versionOf('ffmpeg', chosen);
    if (version !== null) return new FfmpegBinary(chosen, 'FFMPEG_PATH', version);
    throw new FfmpegMissing(
      `FFMPEG_PATH is ${chosen}, which is not an ffmpeg that runs here: correct it, or unset it.`,
    );
  }
  const places: [FfmpegSource, string | null][] = [
    ['ffmpeg-static', bundled()],
    ['PATH', onPath('ffmpeg', environment)],
  ];
  for (const [source, path] of places) {
    const version = path === null ? null : await versionOf('ffmpeg', path);
    if (path !== null && version !== null) return new FfmpegBinary(path, source, version);
  }
  throw new FfmpegMissing(
    'There is no ffmpeg: install it (apt, dnf, brew or winget install ffmpeg), or set FFMPEG_PATH to where it is.',
  );
}

/**
 * Finds the ffprobe that goes with an ffmpeg: what FFPROBE_PATH names, else the one beside it, else `ffprobe` on
 * PATH; null without any, as ffmpeg-static brings none.
 * @throws {FfmpegMissing} when FFPROBE_PATH names something else
 */
export async function findFfprobe(
  ffmpeg: FfmpegBinary,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string | null> {
  const chosen = environment['FFPROBE_PATH'];
  if (chosen) {
    if ((await versionOf('ffprobe', chosen)) !== null) return chosen;
    throw new FfmpegMissing(
      `FFPROBE_PATH is ${chosen}, which is not an ffprobe that runs here: correct it, or unset it.`,
    );
  }
  for (const path of [
    join(dirname(ffmpeg.path), fileName('ffprobe')),
    onPath('ffprobe', environment),
  ]) {
    if (path !== null && (await versionOf('ffprobe', path)) !== null) return path;
  }
  return null;
}

/** The version a program says it has; null when it does not run or is something else. */
async function versionOf(program: 'ffmpeg' | 'ffprobe', path: string): Promise<string | null> {
  try {
    const options = { timeout: 30_000, killSignal: 'SIGKILL', windowsHide: true } as const;
    const { stdout } = await execute(path, ['-version'], options);
    const [name, word, version] = stdout.split(/\s+/, 3);
    return name === program && word === 'version' ? (version ?? null) : null;
  } catch {
    return null;
  }
}

const fileName = (program: string): string =>
  process.platform === 'win32' ? `${program}.exe` : program;

function onPath(program: string, environment: NodeJS.ProcessEnv): string | null {
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, fileName(program));
    try {
      accessSync(path, constants.X_OK);
      if (folder !== '' && statSync(path).isFile()) return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/** Its install script downloads the binary and may have failed, in which case npm leaves the package out. */
function ffmpegStatic(): string | null {
  try {
    const path: unknown = createRequire(import.meta.url)('ffmpeg-static');
    return typeof path === 'string' ? path : null;
  } catch {
    return null;
  }
}
