// Independent judgement of files: what ffprobe and ffmpeg make of them, not what the product's own libraries do.
import { beepHz } from './clips.ts';
import { printed } from './ffmpeg.ts';

/** What ffprobe says of a file. Times in seconds; null where the file does not say. */
export interface Probe {
  /** ffprobe's names for it: `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly container: string;
  readonly startSeconds: number | null;
  readonly durationSeconds: number | null;
  readonly video: {
    readonly codec: string;
    readonly profile: string;
    readonly pixelFormat: string;
    /** Pixels, before any rotation. */
    readonly width: number;
    readonly height: number;
    /** On average. */
    readonly fps: number;
    /** Packets, counted. */
    readonly frames: number;
    readonly startSeconds: number | null;
    readonly durationSeconds: number | null;
    /** Degrees clockwise by which a player turns the picture. */
    readonly rotation: number;
  } | null;
  readonly audio: {
    readonly codec: string;
    /** Hz. */
    readonly sampleRate: number;
    readonly channels: number;
    readonly startSeconds: number | null;
    readonly durationSeconds: number | null;
  } | null;
}

/** The part of ffprobe's JSON that is used. */
interface RawStream extends Record<string, unknown> {
  readonly codec_type: string;
  readonly side_data_list?: readonly { readonly rotation?: number }[];
}

/** Probes a file; rejects when ffprobe cannot read it. */
export async function probe(file: string): Promise<Probe> {
  const { stdout } = await printed('ffprobe', [
    ...['-v', 'error', '-of', 'json', '-show_format', '-show_streams', '-count_packets', file],
  ]);
  const { streams, format } = JSON.parse(stdout.toString()) as {
    streams: readonly RawStream[];
    format: Record<string, unknown>;
  };
  const video = streams.find(({ codec_type }) => codec_type === 'video');
  const audio = streams.find(({ codec_type }) => codec_type === 'audio');
  const turned = video?.side_data_list?.find(({ rotation }) => rotation !== undefined)?.rotation;
  return {
    container: String(format['format_name']),
    startSeconds: seconds(format['start_time']),
    durationSeconds: seconds(format['duration']),
    video: video
      ? {
          codec: String(video['codec_name']),
          profile: String(video['profile']),
          pixelFormat: String(video['pix_fmt']),
          width: Number(video['width']),
          height: Number(video['height']),
          fps: ratio(String(video['avg_frame_rate'])),
          frames: Number(video['nb_read_packets']),
          startSeconds: seconds(video['start_time']),
          durationSeconds: seconds(video['duration']),
          rotation: (360 - (turned ?? 0)) % 360,
        }
      : null,
    audio: audio
      ? {
          codec: String(audio['codec_name']),
          sampleRate: Number(audio['sample_rate']),
          channels: Number(audio['channels']),
          startSeconds: seconds(audio['start_time']),
          durationSeconds: seconds(audio['duration']),
        }
      : null,
  };
}

const seconds = (value: unknown): number | null => (value === undefined ? null : Number(value));

function ratio(fraction: string): number {
  const [numerator, denominator] = fraction.split('/').map(Number);
  return (numerator ?? Number.NaN) / (denominator ?? 1);
}

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** Pixels. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A decoded picture, the way a player shows it. */
export class Picture {
  readonly width: number;
  readonly height: number;
  /** RGB, width × height × 3 bytes. */
  readonly pixels: Buffer;

  constructor(width: number, height: number, pixels: Buffer) {
    this.width = width;
    this.height = height;
    this.pixels = pixels;
  }

  /** The mean colour of a rectangle: of one pixel, if no size is given. */
  colourAt(x: number, y: number, width = 1, height = 1): Colour {
    if (x < 0 || y < 0 || x + width > this.width || y + height > this.height) {
      throw new RangeError(`${x},${y} ${width}x${height} is not in ${this.width}x${this.height}.`);
    }
    const sums: [number, number, number] = [0, 0, 0];
    for (let row = y; row < y + height; row++) {
      const start = 3 * (row * this.width + x);
      for (let at = start; at < start + 3 * width; at += 3) {
        sums[0] += this.pixels[at]!;
        sums[1] += this.pixels[at + 1]!;
        sums[2] += this.pixels[at + 2]!;
      }
    }
    const [red, green, blue] = sums;
    const count = width * height;
    return [red / count, green / count, blue / count];
  }
}

// Numbers the frames anew: otherwise ffmpeg fills gaps in time with copies, and drops what comes too fast.
const renumber = 'settb=1/25,setpts=N';

/**
 * One picture of a file.
 * @param file - its path
 * @param at - which: a frame's number from 0, or a time in seconds, which needs a constant frame rate
 */
export async function pictureAt(
  file: string,
  at: { readonly frame: number } | { readonly seconds: number },
): Promise<Picture> {
  const { video } = await probe(file);
  if (video === null) throw new Error(`${file} has no picture.`);
  // The frame that begins at a time, or is being shown: times are rounded.
  const frame = 'frame' in at ? at.frame : Math.floor(at.seconds * video.fps + 0.01);
  const { stdout } = await printed('ffmpeg', [
    ...['-v', 'error', '-i', file, '-vf', `select='eq(n,${frame})',${renumber}`, '-r', '25'],
    ...['-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'],
  ]);
  if (stdout.length === 0) throw new Error(`${file} has no frame ${frame}.`);
  const upright = video.rotation % 180 === 0;
  const [width, height] = upright ? [video.width, video.height] : [video.height, video.width];
  return new Picture(width, height, stdout);
}

/** The mean colours of a rectangle in every frame, in order: for what happens when. */
export async function coloursOf(
  file: string,
  { x, y, width, height }: Rectangle,
): Promise<Colour[]> {
  const side = 8;
  const { stdout } = await printed('ffmpeg', [
    ...['-v', 'error', '-i', file, '-vf'],
    `format=rgb24,crop=${width}:${height}:${x}:${y},scale=${side}:${side}:flags=area,${renumber}`,
    ...['-r', '25', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'],
  ]);
  const size = 3 * side * side;
  return Array.from({ length: stdout.length / size }, (_, frame) =>
    new Picture(side, side, stdout.subarray(frame * size)).colourAt(0, 0, side, side),
  );
}

/**
 * Decodes all of a file.
 * @returns hashes of all pictures and of all sound, null where there is none, and what the decoders complained of
 */
export async function decode(
  file: string,
): Promise<{ picture: string | null; sound: string | null; errors: string[] }> {
  const args = ['-v', 'error', '-i', file, '-map', '0:v?', '-map', '0:a?', '-f', 'streamhash', '-'];
  const { stdout, stderr } = await printed('ffmpeg', args).catch((error: unknown) => {
    const { stdout, stderr, message } = error as { stdout: Buffer; stderr: Buffer } & Error;
    return { stdout, stderr: `${stderr.toString()}\n${message.split('\n', 1).join('')}` };
  });
  // Lines of `0,v,SHA256=…`.
  const hash = (type: 'v' | 'a'): string | null =>
    new RegExp(`^\\d+,${type},(.*)$`, 'm').exec(stdout.toString())?.[1] ?? null;
  const errors = stderr.split('\n').filter((line) => line.trim() !== '');
  return { picture: hash('v'), sound: hash('a'), errors };
}

/** Where a file's clock begins for a player, seconds: MPEG-TS, thus HLS, begins anywhere. */
const origin = ({ container, startSeconds }: Probe): number =>
  /mpegts|hls/.test(container) ? (startSeconds ?? 0) : 0;

/** Samples of a file's sound, channels interleaved. Sound that begins late, or has gaps, is filled with silence. */
async function samples(file: string, probed: Probe, sampleRate: number): Promise<Float32Array> {
  const { stdout } = await printed('ffmpeg', [
    ...['-v', 'error', '-copyts', '-i', file, '-vn', '-af', 'aresample=async=1:first_pts=0'],
    ...['-ar', String(sampleRate), '-f', 'f32le', '-'],
  ]);
  const first = Math.round(origin(probed) * sampleRate) * (probed.audio?.channels ?? 0);
  return new Float32Array(
    stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + (stdout.length & ~3)),
    4 * first,
  );
}

/** The mean of a file's channels; ffmpeg's own way to one channel makes it louder. */
async function mono(file: string, sampleRate: number): Promise<Float32Array> {
  const probed = await probe(file);
  const channels = probed.audio?.channels ?? 0;
  if (channels === 0) return new Float32Array(0);
  const all = await samples(file, probed, sampleRate);
  const mean = new Float32Array(all.length / channels);
  all.forEach((sample, i) => {
    mean[Math.floor(i / channels)]! += sample / channels;
  });
  return mean;
}

/** A span of a file, seconds; all of it where nothing is said. */
export interface Span {
  readonly from?: number;
  readonly to?: number;
}

/**
 * Levels of tones in a file, in the mean of its channels.
 * @param file - its path
 * @param frequencies - Hz
 * @param span - where
 * @returns dB of a full-scale sine, at least -200
 */
export async function tones(
  file: string,
  frequencies: readonly number[],
  { from = 0, to = Infinity }: Span = {},
): Promise<number[]> {
  const rate = 48_000;
  const sound = (await mono(file, rate)).subarray(from * rate, to * rate);
  return frequencies.map((hz) => toneLevel(sound, rate, hz));
}

/** The level of one tone by Goertzel's algorithm: dB of a full-scale sine, at least -200. */
export function toneLevel(sound: Float32Array, sampleRate: number, hz: number): number {
  const omega = (2 * Math.PI * hz) / sampleRate;
  let [before, last] = [0, 0];
  sound.forEach((sample, index) => {
    // Hann window: other tones must not leak into this one.
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / sound.length);
    const next = sample * window + 2 * Math.cos(omega) * last - before;
    [before, last] = [last, next];
  });
  const power = before * before + last * last - 2 * Math.cos(omega) * before * last;
  const level = 20 * Math.log10((4 * Math.sqrt(Math.max(0, power))) / sound.length);
  return Number.isFinite(level) ? Math.max(level, -200) : -200;
}

/**
 * How loud a file gets.
 * @returns the largest sample (1 is full scale; a lossy codec may decode to more) and how many are at full scale
 */
export async function peak(file: string): Promise<{ peak: number; clipped: number }> {
  const probed = await probe(file);
  if (probed.audio === null) throw new Error(`${file} has no sound.`);
  const result = { peak: 0, clipped: 0 };
  for (const sample of await samples(file, probed, probed.audio.sampleRate)) {
    const size = Math.abs(sample);
    if (size > result.peak) result.peak = size;
    if (size >= 32_767 / 32_768) result.clipped++;
  }
  return result;
}

/**
 * Finds the flashes and beeps that `makeClip` put in with `marks`.
 * @param file - its path
 * @param where - where the flashes are, if not all over the picture
 * @returns seconds by the file's clock at which each begins (a flash to a frame, a beep to about 1 ms), and per flash
 *   how much later its beep comes
 */
export async function onsets(
  file: string,
  where?: Rectangle,
): Promise<{ flashes: number[]; beeps: number[]; offsets: number[] }> {
  const [flashes, beeps] = await Promise.all([flashesIn(file, where), beepsIn(file)]);
  const offsets = flashes.map((flash) =>
    beeps.reduce(
      (best, beep) => (Math.abs(beep - flash) < Math.abs(best) ? beep - flash : best),
      Infinity,
    ),
  );
  return { flashes, beeps, offsets };
}

async function flashesIn(file: string, where: Rectangle | undefined): Promise<number[]> {
  const crop = where ? [`crop=${where.width}:${where.height}:${where.x}:${where.y}`] : [];
  const filters = [
    ...crop,
    'scale=16:16:flags=area',
    'signalstats',
    'metadata=mode=print:key=lavfi.signalstats.YAVG:file=-',
  ];
  const start = origin(await probe(file));
  const { stdout } = await printed('ffmpeg', [
    ...['-v', 'error', '-copyts', '-i', file, '-an', '-vf', filters.join(','), '-f', 'null', '-'],
  ]);
  // Two lines a frame: `frame:0 pts:0 pts_time:0` and `lavfi.signalstats.YAVG=16`.
  const frames = [...stdout.toString().matchAll(/pts_time:(\S+)\s+\S+YAVG=(\S+)/g)];
  return rises(
    frames.map(([, , luma]) => Number(luma)),
    40,
  ).map((frame) => Number(frames[frame]?.[1]) - start);
}

async function beepsIn(file: string): Promise<number[]> {
  const rate = 16_000;
  const sound = await mono(file, rate);
  // The tone's strength within 5 ms around each sample, from running sums.
  const window = 80;
  const period = rate / beepHz;
  const wave = Array.from({ length: period }, (_, i) => (2 * Math.PI * i) / period);
  let [real, imaginary] = [0, 0];
  const strength = new Float32Array(sound.length);
  sound.forEach((sample, i) => {
    const phase = wave[i % period]!;
    // The window is whole periods, so what leaves it has the phase of what enters.
    const change = sample - (sound[i - window] ?? 0);
    real += change * Math.cos(phase);
    imaginary += change * Math.sin(phase);
    if (i >= window / 2) strength[i - window / 2] = (2 * Math.hypot(real, imaginary)) / window;
  });
  return rises(strength, 0.01).map((sample) => sample / rate);
}

/** Where values rise through the middle between their least and their greatest, if these are `apart`. */
function rises(values: ArrayLike<number>, apart: number): number[] {
  let [least, greatest] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i]!);
    greatest = Math.max(greatest, values[i]!);
  }
  if (!(greatest - least >= apart)) return [];
  const middle = (least + greatest) / 2;
  const found: number[] = [];
  for (let i = 1; i < values.length; i++) {
    if (values[i]! >= middle && values[i - 1]! < middle) found.push(i);
  }
  return found;
}
