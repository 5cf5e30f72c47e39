import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layout } from '../../mixer/compositor/layout.ts';
import { makeClip } from '../harness/clips.ts';
import { printed, testFfmpeg } from '../harness/ffmpeg.ts';
import { probe } from '../harness/judge.ts';
import type { Figures } from './figures.ts';
import { timed, type Cost } from './timed.ts';

const canvas = { width: 1280, height: 720 };
const fps = 25;

/** The codecs and settings of `onegrid mix`, for ffmpeg: see mixer/output/{video,audio}-codec.ts. */
const videoSettings = [
  ...['-c:v', 'libx264', '-preset', 'superfast', '-bf', '0', '-threads', '4', '-g', '50'],
  ...['-x264-params', 'scenecut=0:mbtree=1:rc-lookahead=10'],
  ...['-b:v', '1500k', '-pix_fmt', 'yuv420p'],
];
const audioSettings = ['-c:a', 'aac', '-aac_coder', 'fast', '-b:a', '96k', '-ar', '48000'];

/** At most so many times what is on the right; the issue's own figures. */
const bars = { cpu: 0.95, wall: 0.8, bare: 1.2 };

/**
 * `onegrid mix` against ffmpeg's own `xstack` and `amix`, on the same different clips, with the same tile sizes and the
 * same encoder settings; and against the least that any program must do, which is to decode the clips and to encode
 * the result. All in turn, several times over: machines are not equally fast all day.
 */
export async function mixBenchmark({ quick }: { quick: boolean }): Promise<Figures> {
  const seconds = quick ? 3 : 25;
  const rounds = quick ? 2 : 5;
  const ffmpeg = await testFfmpeg();
  console.log(`the other is ffmpeg ${ffmpeg.version}; ${rounds} rounds of ${seconds} s`);
  const folder = mkdtempSync(join(tmpdir(), 'onegrid-bench-'));
  try {
    const clips: string[] = [];
    for (let index = 0; index < 9; index++) clips.push(await differentClip(folder, index, seconds));
    const figures: Figures = {};
    for (const count of [4, 9]) {
      const costs = await compare(ffmpeg.path, folder, clips.slice(0, count), seconds, rounds);
      Object.assign(figures, report(count, costs));
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

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

type Contender = 'onegrid' | 'ffmpeg' | 'decode' | 'encode' | 'read';
type Costs = Record<Contender, Cost[]>;

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

  const costs: Costs = { onegrid: [], ffmpeg: [], decode: [], encode: [], read: [] };
  for (let round = 0; round < rounds; round++) {
    costs.onegrid.push(await timed(process.execPath, mix));
    costs.ffmpeg.push(await timed(ffmpeg, [...quiet, ...stackArguments(clips), theirs]));
    costs.decode.push(await timed(ffmpeg, [...quiet, ...decodeArguments(clips)]));
    costs.encode.push(
      await timed(ffmpeg, [
        ...[...quiet, ...rawInput, '-i', raw, '-i', sound],
        ...[...videoSettings, ...audioSettings, theirs],
      ]),
    );
    costs.read.push(
      await timed(ffmpeg, [...quiet, ...rawInput, '-i', raw, '-c', 'copy', '-f', 'null', '-']),
    );
  }
  return costs;
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

/** Prints what was measured, as a table. */
function report(count: number, costs: Costs): Figures {
  const cpu = (who: Contender): number => median(costs[who].map((cost) => cost.cpu));
  const wall = (who: Contender): number => median(costs[who].map((cost) => cost.wall));
  console.log(`\n${count} inputs, seconds: median (least to greatest)`);
  console.table(
    Object.fromEntries(
      Object.entries(costs).map(([who, list]) => [
        names[who as Contender],
        {
          processor: spread(list.map((cost) => cost.cpu)),
          wall: spread(list.map((cost) => cost.wall)),
        },
      ]),
    ),
  );
  const least = cpu('decode') + cpu('encode') - cpu('read');
  const ratios = [
    [`${count} inputs, processor time / ffmpeg's`, cpu('onegrid') / cpu('ffmpeg'), bars.cpu],
    [`${count} inputs, wall time / ffmpeg's`, wall('onegrid') / wall('ffmpeg'), bars.wall],
    [`${count} inputs, processor time / bare decodes + encode`, cpu('onegrid') / least, bars.bare],
  ] as const;
  for (const [name, ratio, bar] of ratios) {
    console.log(`${ratio <= bar ? 'ok  ' : 'MISS'} ${name}: ${ratio.toFixed(3)} (at most ${bar})`);
  }
  return Object.fromEntries(ratios.map(([name, ratio]) => [name, Math.round(ratio * 1000) / 1000]));
}

const names: Record<Contender, string> = {
  onegrid: 'onegrid mix',
  ffmpeg: 'ffmpeg xstack + amix',
  decode: 'bare decodes',
  encode: 'bare encode, with reading raw pictures',
  read: 'reading raw pictures',
};

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const spread = (values: readonly number[]): string =>
  `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
