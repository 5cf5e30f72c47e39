import { printed } from '../../harness/ffmpeg.ts';
import { decode, probe } from '../../harness/judge.ts';

/** A file, as ffprobe and a decoder see it. Times in seconds. */
export interface Judged {
  readonly videoStart: number;
  readonly videoDuration: number;
  readonly audioStart: number;
  readonly audioDuration: number;
  readonly pictures: number;
  /** What the decoder complains about. */
  readonly complaints: string;
  /** Where the screen turns white. */
  readonly flashes: readonly number[];
  /** Where the tone begins. */
  readonly beeps: readonly number[];
}

/** Samples a second that sound is looked at with, and pictures. */
const rate = 48_000;
const grain = 200;

/** Looks at every picture and sample of a file, a playlist or a URL. */
export async function judge(path: string): Promise<Judged> {
  const { video, audio } = await probe(path);
  const { errors } = await decode(path);
  return {
    videoStart: video?.startSeconds ?? NaN,
    videoDuration: video?.durationSeconds ?? NaN,
    audioStart: audio?.startSeconds ?? NaN,
    audioDuration: audio?.durationSeconds ?? NaN,
    pictures: video?.frames ?? NaN,
    complaints: errors.join('\n'),
    flashes: video === null ? [] : await flashesOf(path),
    beeps: audio === null ? [] : await beepsOf(path),
  };
}

/** What ffmpeg makes of a file. */
async function raw(path: string, options: readonly string[]): Promise<Buffer> {
  const { stdout } = await printed('ffmpeg', ['-v', 'quiet', '-i', path, ...options, '-']);
  return stdout;
}

async function flashesOf(path: string): Promise<number[]> {
  const filter = `fps=${String(grain)}:start_time=0,scale=2:2,format=gray`;
  const stdout = await raw(path, ['-map', '0:v', '-vf', filter, '-f', 'rawvideo']);
  return rises(stdout.length / 4, (index) => stdout[index * 4]! > 120, 20).map(
    (index) => index / grain,
  );
}

/** Where the tone begins in the first stream of sound. */
export async function beepsOf(path: string): Promise<number[]> {
  const stdout = await raw(path, [
    ...['-map', '0:a', '-af', 'aresample=async=1:first_pts=0'],
    ...['-ac', '1', '-ar', String(rate), '-f', 's16le'],
  ]);
  return rises(
    stdout.length / 2,
    (index) => Math.abs(stdout.readInt16LE(index * 2)) > 3000,
    4800,
  ).map((index) => index / rate);
}

/** Where something begins that has not been for `quiet` steps. */
function rises(count: number, isOn: (index: number) => boolean, quiet: number): number[] {
  const found: number[] = [];
  let last = -Infinity;
  for (let index = 0; index < count; index += 1) {
    if (!isOn(index)) continue;
    if (index - last > quiet) found.push(index);
    last = index;
  }
  return found;
}

/** The largest distance of a flash from its beep, in seconds; infinite where one is missing. */
export function worstOffset({ flashes, beeps }: Judged): number {
  return Math.max(
    0,
    ...flashes.map((flash) => Math.min(Infinity, ...beeps.map((beep) => Math.abs(beep - flash)))),
  );
}
