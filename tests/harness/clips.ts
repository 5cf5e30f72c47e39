import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runFfmpeg } from '../../mixer/ffmpeg/index.ts';
import { testFfmpeg } from './ffmpeg.ts';

/**
 * What is to be seen.
 * - `#rrggbb`: one colour.
 * - `quadrants`: red, green above blue, white; to tell crops and rotations.
 * - `face`: head and shoulders in front of a wall, the head in the upper half.
 * - `counter`: grey; frame n (from 0) has the luma 16 + 4 × (n mod 55).
 * - `testsrc2`, `mandelbrot`, `life`: moving pictures of ffmpeg's.
 */
export type ClipPicture = `#${string}` | 'quadrants' | 'face' | 'counter' | Motion;
type Motion = 'testsrc2' | 'mandelbrot' | 'life';

/** Names of codecs, as ffprobe has them. */
export type ClipVideoCodec = keyof typeof videoEncoders;
export type ClipAudioCodec = keyof typeof audioEncoders;

export interface ClipOptions {
  readonly seconds: number;
  /** The file's extension; it decides the codecs where none are named. */
  readonly container?: keyof typeof containers;
  readonly video?: {
    readonly picture: ClipPicture;
    /** Pixels; 320 × 180 if not given. */
    readonly size?: readonly [width: number, height: number];
    /** 25 if not given. */
    readonly fps?: number;
    readonly codec?: ClipVideoCodec;
    /** As phones do it: a display matrix that turns the picture clockwise. mp4 and mov only. */
    readonly rotation?: 90 | 180 | 270;
    /** Leaves out about a third of the frames, at irregular distances. */
    readonly variableFrameRate?: boolean;
    /** Frames before this second are missing; the others keep their time. */
    readonly startsAt?: number;
    /** Strength of noise, 0 to 100. */
    readonly noise?: number;
    /** Makes another picture of a moving one, and other noise. */
    readonly seed?: number;
    /** More for the encoder: `['-b:v', '800k']`. */
    readonly options?: readonly string[];
  };
  readonly audio?: {
    /** Hz, at a peak of 0.25 (-12 dB of full scale); 0 is silence. */
    readonly tone: number;
    readonly codec?: ClipAudioCodec;
    /** Hz; 48000 if not given. */
    readonly sampleRate?: number;
    /** 2 if not given; all have the same sound. */
    readonly channels?: 1 | 2 | 6;
    /** Sound before this second is missing; the rest keeps its time. */
    readonly startsAt?: number;
  };
  /**
   * The whole picture flashes white, and a beep of 2000 Hz sounds, for 0.1 s, in the middle of every such period:
   * for 2 at 1, 3, 5 … seconds of the clip.
   */
  readonly marks?: number;
}

/** Frequency of the beeps of `marks`, Hz. */
export const beepHz = 2000;

const x264 = ['libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
const realtime = ['-deadline', 'realtime', '-cpu-used', '8', '-pix_fmt', 'yuv420p', '-b:v', '1M'];

/** Encoders for each codec with their options; the first that is there is taken. */
const videoEncoders = {
  h264: [x264],
  hevc: [['libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none', '-tag:v', 'hvc1']],
  vp8: [['libvpx', ...realtime]],
  vp9: [['libvpx-vp9', ...realtime]],
  av1: [
    ['libsvtav1', '-preset', '12', '-pix_fmt', 'yuv420p'],
    ['libaom-av1', '-usage', 'realtime', '-cpu-used', '8', '-pix_fmt', 'yuv420p'],
  ],
  mpeg4: [['mpeg4', '-q:v', '3']],
  gif: [['gif']],
  png: [['png']],
  mjpeg: [['mjpeg', '-q:v', '2', '-pix_fmt', 'yuvj420p']],
  webp: [['libwebp', '-lossless', '1']],
} as const satisfies Record<string, string[][]>;

const audioEncoders = {
  aac: ['aac', '-b:a', '128k'],
  opus: ['libopus'],
  vorbis: ['libvorbis'],
  mp3: ['libmp3lame'],
  flac: ['flac'],
  pcm_s16le: ['pcm_s16le'],
} as const satisfies Record<string, string[]>;

/** What a container has where no codec is named. */
const containers = {
  mp4: { video: 'h264', audio: 'aac' },
  mov: { video: 'h264', audio: 'aac' },
  mkv: { video: 'h264', audio: 'opus' },
  webm: { video: 'vp8', audio: 'opus' },
  ts: { video: 'h264', audio: 'aac' },
  avi: { video: 'mpeg4', audio: 'mp3' },
  gif: { video: 'gif', audio: null },
  png: { video: 'png', audio: null },
  jpg: { video: 'mjpeg', audio: null },
  webp: { video: 'webp', audio: null },
  wav: { video: null, audio: 'pcm_s16le' },
  mp3: { video: null, audio: 'mp3' },
  m4a: { video: null, audio: 'aac' },
  ogg: { video: null, audio: 'opus' },
  flac: { video: null, audio: 'flac' },
} as const satisfies Record<string, { video: ClipVideoCodec | null; audio: ClipAudioCodec | null }>;

/**
 * Makes a clip with ffmpeg, or takes the one of the same options that is there.
 * @param folder - where to keep it; the caller's, who removes it
 * @param options - what is in it
 * @returns the path of the file
 */
export async function makeClip(folder: string, options: ClipOptions): Promise<string> {
  const { seconds, container = 'mp4', video, audio, marks } = options;
  const name = createHash('sha256').update(JSON.stringify(options)).digest('hex').slice(0, 16);
  const path = join(folder, `${name}.${container}`);
  if (existsSync(path)) return path;

  const ffmpeg = await testFfmpeg();
  // Sources are inputs, and what leaves something out comes after them: ffmpeg moves every input to begin at 0.
  const sources: string[] = [];
  const chains: string[] = [];
  const output: string[] = [];
  if (video !== undefined) {
    const codec = video.codec ?? containers[container].video;
    if (codec === null) throw new Error(`A ${container} has no picture.`);
    sources.push(source(video, seconds));
    chains.push(`[0:v]${treatment(video, codec, marks)}[v]`);
    const available = await Promise.all(
      videoEncoders[codec].map(([encoder]) => ffmpeg.hasEncoder(encoder)),
    );
    const encoder = videoEncoders[codec][available.indexOf(true)];
    if (encoder === undefined) throw new Error(`${ffmpeg.path} has no encoder for ${codec}.`);
    output.push('-map', '[v]', '-c:v', ...encoder, ...(video.options ?? []));
    // ffmpeg would fill the gaps with copies; the option is there since FFmpeg 5.1.
    if (video.variableFrameRate || video.startsAt) output.push('-fps_mode', 'vfr');
    if (['png', 'jpg', 'webp'].includes(container)) output.push('-frames:v', '1');
    if (['png', 'jpg'].includes(container)) output.push('-update', '1');
  }
  if (audio !== undefined) {
    const codec = audio.codec ?? containers[container].audio;
    if (codec === null) throw new Error(`A ${container} has no sound.`);
    const start = audio.startsAt ? `atrim=start=${audio.startsAt}` : 'anull';
    chains.push(`[${sources.length}:a]${start}[a]`);
    sources.push(sound(audio, seconds, marks));
    output.push('-map', '[a]', '-c:a', ...audioEncoders[codec]);
  }

  const unfinished = join(folder, `${name}-${randomUUID()}.${container}`);
  await runFfmpeg(ffmpeg, (command) => {
    for (const graph of sources) command.input(graph).inputFormat('lavfi');
    // Options one by one: of a list, fluent-ffmpeg splits those that have a space in them.
    command.complexFilter(chains.join(';')).outputOptions(...output, '-t', String(seconds));
    command.output(unfinished);
  });
  if (video?.rotation !== undefined) {
    const [width, height] = video.size ?? defaultSize;
    setRotation(unfinished, video.rotation, width, height);
  }
  renameSync(unfinished, path);
  return path;
}

type Video = NonNullable<ClipOptions['video']>;
const defaultSize = [320, 180] as const;

/** A filter that makes the bare picture. */
function source(video: Video, seconds: number): string {
  const { picture, fps = 25, seed = 0 } = video;
  const size = (video.size ?? defaultSize).join('x');
  const rate = `r=${fps}`;
  const plain = (colour: string): string => `color=c=${colour}:s=${size}:${rate}:d=${seconds}`;
  const box = (x: string, y: string, w: string, h: string, colour: string): string =>
    `drawbox=x=${x}:y=${y}:w=${w}:h=${h}:c=${colour}:t=fill`;
  switch (picture) {
    case 'quadrants':
      return [
        plain('0xff0000'),
        box('iw/2', '0', 'iw/2', 'ih/2', '0x00ff00'),
        box('0', 'ih/2', 'iw/2', 'ih/2', '0x0000ff'),
        box('iw/2', 'ih/2', 'iw/2', 'ih/2', '0xffffff'),
      ].join(',');
    case 'face':
      return [
        plain('0x607890'),
        box('iw/2-ih*0.4', 'ih*0.72', 'ih*0.8', 'ih*0.28', '0x303848'),
        box('iw/2-ih*0.19', 'ih*0.12', 'ih*0.38', 'ih*0.3', '0x402818'),
        box('iw/2-ih*0.16', 'ih*0.2', 'ih*0.32', 'ih*0.42', '0xe0b090'),
        box('iw/2-ih*0.06', 'ih*0.62', 'ih*0.12', 'ih*0.12', '0xd0a080'),
        box('iw/2-ih*0.1', 'ih*0.34', 'ih*0.05', 'ih*0.03', '0x202020'),
        box('iw/2+ih*0.05', 'ih*0.34', 'ih*0.05', 'ih*0.03', '0x202020'),
        box('iw/2-ih*0.07', 'ih*0.5', 'ih*0.14', 'ih*0.03', '0xa05050'),
      ].join(',');
    case 'counter':
      return [
        `color=c=gray:s=16x16:${rate}:d=${seconds},format=yuv420p`,
        `geq=lum='16+4*mod(N,55)':cb=128:cr=128`,
        `scale=${size.replace('x', ':')}:flags=neighbor`,
      ].join(',');
    case 'testsrc2':
      return `testsrc2=s=${size}:${rate}:d=${seconds},hue=h=${40 * seed}`;
    case 'mandelbrot':
      return `mandelbrot=s=${size}:${rate}:start_scale=${3 / (1 + seed)},trim=end=${seconds}`;
    case 'life':
      return [
        `life=s=${size}:${rate}:seed=${seed + 1}:ratio=0.2:mold=10`,
        'format=rgb24',
        `trim=end=${seconds}`,
      ].join(',');
    default:
      return plain(picture.replace('#', '0x'));
  }
}

/** Filters for the flashes, and for frames that are missing. */
function treatment(video: Video, codec: ClipVideoCodec, marks: number | undefined): string {
  const { noise, seed = 0, variableFrameRate, startsAt } = video;
  const filters = ['format=yuv420p,setsar=1'];
  if (noise) filters.push(`noise=alls=${noise}:allf=t:all_seed=${seed + 1}`);
  if (marks) filters.push(`drawbox=c=white:t=fill:enable='${marked(marks, 0.001)}'`);
  if (variableFrameRate) filters.push(`select='not(eq(mod(n,7),3)+eq(mod(n,5),1))'`);
  if (startsAt) filters.push(`trim=start=${startsAt}`);
  // A GIF's colours are its own, or they would be those of a fixed palette.
  if (codec === 'gif') filters.push('split[g1][g2];[g1]palettegen[p];[g2][p]paletteuse');
  return filters.join(',');
}

/** An expression that is 1 within a mark. A little earlier for frames, whose times are rounded. */
const marked = (every: number, early = 0): string => `lt(mod(t+${every / 2 + early},${every}),0.1)`;

/** A filter that makes the sound. */
function sound(
  { tone, sampleRate = 48_000, channels = 2 }: NonNullable<ClipOptions['audio']>,
  seconds: number,
  marks: number | undefined,
): string {
  const parts = [tone === 0 ? '0' : `0.25*sin(2*PI*${tone}*t)`];
  if (marks) parts.push(`0.5*sin(2*PI*${beepHz}*t)*${marked(marks)}`);
  const layout = { 1: 'mono', 2: 'stereo', 6: '5.1' }[channels];
  const expressions = Array<string>(channels).fill(parts.join('+')).join('|');
  return `aevalsrc=exprs='${expressions}':s=${sampleRate}:d=${seconds}:c=${layout}`;
}

/**
 * Writes a display matrix into the header of the video track: ffmpeg's own way to do it differs between versions.
 * See ISO/IEC 14496-12, 8.3.2 (tkhd) and 6.2.2 (the matrix).
 */
function setRotation(file: string, rotation: 90 | 180 | 270, width: number, height: number): void {
  const bytes = readFileSync(file);
  const matrixes = {
    90: [0, 1, -1, 0, height, 0],
    180: [-1, 0, 0, -1, width, height],
    270: [0, -1, 1, 0, 0, width],
  };
  const [a, b, c, d, x, y] = matrixes[rotation].map((value) => value * 0x10000);
  let found = false;
  for (let at = bytes.indexOf('tkhd'); at !== -1; at = bytes.indexOf('tkhd', at + 4)) {
    // The matrix stands 44 bytes behind the type, the width behind it; a track of sound has none.
    const matrix = at + 44;
    if (bytes.readUInt32BE(matrix + 36) === 0) continue;
    [a, b, 0, c, d, 0, x, y].forEach((value, index) => {
      bytes.writeInt32BE(value ?? 0, matrix + 4 * index);
    });
    found = true;
  }
  if (!found) throw new Error(`${file} has no track to rotate.`);
  writeFileSync(file, bytes);
}
