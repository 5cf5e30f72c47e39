import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layout } from '../../mixer/compositor/layout.ts';
import { makeClip } from '../harness/clips.ts';
import { printed, testFfmpeg } from '../harness/ffmpeg.ts';
import { probe } from '../harness/judge.ts';
import * as z from 'zod';
import { atMost, type Bar, type Benchmark, resultSchema } from './lab/benchmark.ts';
import { interleave } from './lab/interleave.ts';
import { median, spreadOf, spreadSchema } from './lab/statistics.ts';
import { type Cost, timed } from './lab/timed.ts';

const canvas = { width: 1280, height: 720 };
const fps = 25;

/** The codecs and settings of `onegrid mix`, for ffmpeg: see mixer/output/{video,audio}-codec.ts. */
const videoSettings = [
  ...['-c:v', 'libx264', '-preset', 'superfast', '-bf', '0', '-threads', '4', '-g', '50'],
  ...['-x264-params', 'scenecut=0:mbtree=1:rc-lookahead=10'],
  ...['-b:v', '1500k', '-pix_fmt', 'yuv420p'],
];
const audioSettings = ['-c:a', 'aac', '-aac_coder', 'fast', '-b:a', '96k', '-ar', '48000'];

/** At most so many times what is on the right; issue 3's own figures. */
const limits = { cpu: 0.95, wall: 0.8, bare: 1.2 };

/** Who did what: see {@link mix}. */
const contenders = ['onegrid', 'ffmpeg', 'decode', 'encode', 'read'] as const;
type Contender = (typeof contenders)[number];
type Costs = Record<Contender, Cost[]>;

const rowSchema = z.strictObject({
  inputs: z.int(),
  contender: z.enum(contenders),
  /** Seconds. */
  cpu: spreadSchema,
  /** Seconds. */
  wall: spreadSchema,
});
type Row = z.infer<typeof rowSchema>;

/** See {@link mix}. */
export const mixSchema = resultSchema(rowSchema, {
  /** Length of the clips, seconds. */
  mediaSeconds: z.number(),
});

/**
 * `onegrid mix` against ffmpeg's own `xstack` and `amix`, on the same different clips, with the same tile sizes and the
 * same encoder settings; and against the least that any program must do, which is to decode the clips (`decode`) and to
 * encode the result (`encode`, without reading it, `read`). All in turn, several times over.
 */
export const mix: Benchmark<z.infer<typeof mixSchema>> = {
  name: 'mix',
  about: '`onegrid mix` against ffmpeg, and against bare decodes and a bare encode',
  schema: mixSchema,
  async run({ quick, seconds: asked }) {
    const seconds = quick ? 1 : (asked ?? 25);
    const rounds = quick ? 1 : 3;
    const ffmpeg = await testFfmpeg();
    const folder = mkdtempSync(join(tmpdir(), 'onegrid-bench-'));
    try {
      const clips: string[] = [];
      const counts = quick ? [4] : [4, 9];
      for (let index = 0; index < Math.max(...counts); index += 1) {
        clips.push(await differentClip(folder, index, seconds));
      }
      const rows: Row[] = [];
      const bars: Bar[] = [];
      for (const count of counts) {
        const costs = await compare(ffmpeg.path, folder, clips.slice(0, count), seconds, rounds);
        for (const contender of contenders) {
          const of = (kind: keyof Cost) => spreadOf(costs[contender].map((cost) => cost[kind]));
          rows.push({ inputs: count, contender, cpu: of('cpu'), wall: of('wall') });
        }
        bars.push(...barsOf(count, costs));
      }
      return { rows, mediaSeconds: seconds, bars };
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

/** Clips as cameras and screens make them: each moves in its own way, and none is free of noise. */
function differentClip(folder: string, index: number, seconds: number): Promise<string> {
  const picture = (['life', 'testsrc2', 'mandelbrot'] as const)[index % 3]!;
  return makeClip(folder, {
    seconds,
    video: {
      ...{ picture, size: [640, 360], fps, seed: index, noise: 6 },
      options: ['-preset', 'veryfast', '-b:v', '800k', '-g', '50'],
    },
    audio: { tone: 200 + 150 * index },
  });
}

async function compare(
  ffmpeg: string,
  folder: string,
  clips: readonly string[],
  seconds: number,
  rounds: number,
): Promise<Costs> {
  const ours = join(folder, 'onegrid.mp4');
  const theirs = join(folder, 'ffmpeg.mp4');
  const raw = join(folder, 'composed.yuv');
  const sound = join(folder, 'composed.wav');
  const quiet = ['-hide_banner', '-nostdin', '-v', 'error', '-y'];
  const rawInput = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', '1280x720', '-r', String(fps)];
  const mix = ['bin/onegrid.mjs', 'mix', ...clips, '-o', ours, '--no-labels', '--quiet', '--force'];

  // Once before it counts, to see that both make what they should, and for the pictures to encode.
  await timed(process.execPath, mix);
  await timed(ffmpeg, [...quiet, ...stackArguments(clips), theirs]);
  for (const file of [ours, theirs]) await check(file, seconds);
  await printed('ffmpeg', [
    '-v',
    'error',
    '-i',
    ours,
    '-f',
    'rawvideo',
    '-pix_fmt',
    'yuv420p',
    raw,
  ]);
  await printed('ffmpeg', ['-v', 'error', '-i', ours, '-vn', sound]);

  const encode = [
    ...[...quiet, ...rawInput, '-i', raw, '-i', sound],
    ...[...videoSettings, ...audioSettings, theirs],
  ];
  const read = [...quiet, ...rawInput, '-i', raw, '-c', 'copy', '-f', 'null', '-'];
  return interleave(
    {
      onegrid: () => timed(process.execPath, mix),
      ffmpeg: () => timed(ffmpeg, [...quiet, ...stackArguments(clips), theirs]),
      decode: () => timed(ffmpeg, [...quiet, ...decodeArguments(clips)]),
      encode: () => timed(ffmpeg, encode),
      read: () => timed(ffmpeg, read),
    },
    rounds,
  );
}

/** Decodes all there is in the clips, in one process. */
const decodeArguments = (clips: readonly string[]): string[] => [
  ...clips.flatMap((clip) => ['-i', clip]),
  ...clips.flatMap((_, index) => ['-map', String(index)]),
  ...['-f', 'null', '-'],
];

/** What ffmpeg is to do: tiles as large as ours, side by side from edge to edge, as xstack cannot leave room around. */
function stackArguments(clips: readonly string[]): string[] {
  const members = clips.map((clip) => ({ id: clip, screen: false }));
  const { tiles } = layout(members, 'grid', canvas, { pinned: null, speaker: null, page: 0 });
  const spread = (at: number, all: readonly number[], room: number): number => {
    const [least, most] = [Math.min(...all), Math.max(...all)];
    return most === least ? 0 : 2 * Math.round(((at - least) * room) / (most - least) / 2);
  };
  const [xs, ys] = [tiles.map(({ x }) => x), tiles.map(({ y }) => y)];
  const places = tiles.map(({ x, y, width, height }) =>
    [spread(x, xs, canvas.width - width), spread(y, ys, canvas.height - height)].join('_'),
  );
  const scaled = tiles.map(
    ({ width, height }, i) => `[${i}:v]scale=${width}:${height}:flags=area[v${i}]`,
  );
  const graph = [
    ...scaled,
    `${scaled.map((_, i) => `[v${i}]`).join('')}xstack=inputs=${clips.length}:layout=${places.join('|')}:fill=black[v]`,
    `${clips.map((_, i) => `[${i}:a]`).join('')}amix=inputs=${clips.length},aformat=channel_layouts=mono[a]`,
  ].join(';');
  return [
    ...clips.flatMap((clip) => ['-i', clip]),
    ...['-filter_complex', graph, '-map', '[v]', '-map', '[a]', '-r', String(fps)],
    ...[...videoSettings, ...audioSettings],
  ];
}

/** A comparison with something else than what was asked for is void. */
async function check(file: string, seconds: number): Promise<void> {
  const { video, audio } = await probe(file);
  const seen = `${video?.width ?? 0}x${video?.height ?? 0}, ${video?.fps ?? 0} a second, ${video?.frames ?? 0} frames`;
  const wanted = `${canvas.width}x${canvas.height}, ${fps} a second, ${seconds * fps} frames`;
  if (seen !== wanted || audio?.channels !== 1) {
    throw new Error(
      `${file} has ${seen} and ${audio?.channels ?? 0} channels; it is to have ${wanted} and 1.`,
    );
  }
}

/** What is asked of the medians. */
function barsOf(count: number, costs: Costs): Bar[] {
  const cpu = (who: Contender): number => median(costs[who].map((cost) => cost.cpu));
  const wall = (who: Contender): number => median(costs[who].map((cost) => cost.wall));
  const least = cpu('decode') + cpu('encode') - cpu('read');
  return [
    atMost({
      id: `mix-${count}-cpu`,
      what: `processor time of ${count} inputs, against ffmpeg's`,
      value: cpu('onegrid') / cpu('ffmpeg'),
      limit: limits.cpu,
      unit: 'times',
    }),
    atMost({
      id: `mix-${count}-wall`,
      what: `wall time of ${count} inputs, against ffmpeg's`,
      value: wall('onegrid') / wall('ffmpeg'),
      limit: limits.wall,
      unit: 'times',
    }),
    atMost({
      id: `mix-${count}-bare`,
      what: `processor time of ${count} inputs, against bare decodes and a bare encode`,
      value: cpu('onegrid') / least,
      limit: limits.bare,
      unit: 'times',
    }),
  ];
}
