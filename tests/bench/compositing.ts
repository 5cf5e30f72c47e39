import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { findTool } from '../harness/find-tools.mjs';
import { ffmpeg, gstreamer } from './compositing/programs.ts';
import { judge, type Verdict } from './compositing/judge.ts';
import { canvas, costSchema, fps, source, type Task, tilesOf } from './compositing/task.ts';
import { atMost, type Bar, type Benchmark, resultSchema } from './lab/benchmark.ts';
import { blankPictures, rawOf, vp8Clip } from './lab/clips.ts';
import { inChild } from './lab/in-child.ts';
import { interleave } from './lab/interleave.ts';
import { spreadOf, spreadSchema } from './lab/statistics.ts';

/** Who composes. */
export const systems = ['onegrid', 'onegrid-names', 'xstack', 'ffmpeg', 'gstreamer'] as const;
type System = (typeof systems)[number];

const checkSchema = z.strictObject({
  /** Composites that were asked for and came out. */
  frames: z.int(),
  /** Of the worst tile, against a scaling of ffmpeg's with `lanczos`, dB. */
  psnr: z.number(),
  /** Greatest difference of a tile's mean Y, U or V from the same. */
  colour: z.number(),
});

const rowSchema = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('measured'),
    tiles: z.int(),
    system: z.enum(systems),
    check: checkSchema,
    /** CPU seconds per second of media, with bringing the pictures in and the composite out. */
    gross: spreadSchema,
    /** Only that. */
    plumbing: spreadSchema,
    /** The difference, round by round: what composing takes. */
    net: spreadSchema,
  }),
  z.strictObject({
    outcome: z.literal('void'),
    tiles: z.int(),
    system: z.enum(systems),
    why: z.string(),
  }),
]);
type Row = z.infer<typeof rowSchema>;

/** See {@link compositing}. */
export const compositingSchema = resultSchema(rowSchema, {
  source: z.string(),
  canvas: z.string(),
  fps: z.number(),
  /** Seconds of media that one measurement composes. */
  mediaSeconds: z.number(),
  /** How everybody scales. */
  scaling: z.record(z.enum(systems), z.string()),
});

const scaling: Record<System, string> = {
  onegrid: 'swscale area',
  'onegrid-names': 'swscale area',
  xstack: 'swscale area',
  ffmpeg: 'swscale area',
  gstreamer: 'GstVideoScaler linear',
};

const installation =
  'not installed: apt-get install gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad';

/**
 * D4.1: what it costs to make one picture of many, without decoding or encoding. All make the same number of composites of
 * the same raw pictures, with the same tiles at the same places; every picture is new in every tick.
 */
export const compositing: Benchmark<z.infer<typeof compositingSchema>> = {
  name: 'compositing',
  about: 'many pictures to one: ours, xstack in process, ffmpeg through pipes, GStreamer',
  schema: compositingSchema,
  async run({ quick, seconds }) {
    const counts = quick ? [4] : [4, 9, 16, 25];
    const clipSeconds = quick ? 0.4 : 0.8;
    const repeats = quick ? 2 : Math.ceil((seconds ?? 6) / clipSeconds);
    const rounds = quick ? 1 : 3;
    const clipFrames = Math.round(clipSeconds * fps);
    const folder = mkdtempSync(join(tmpdir(), 'onegrid-compositing-'));
    try {
      const files: string[] = [];
      for (let index = 0; index < Math.max(...counts); index += 1) {
        const size = [source.width, source.height] as const;
        files.push(
          await rawOf(await vp8Clip(index, size, { seconds: clipSeconds, kilobits: 800 })),
        );
      }
      const blank = await blankPictures(canvas, clipFrames);
      const rows: Row[] = [];
      for (const count of counts) {
        const task = {
          ...{ files: files.slice(0, count), tiles: tilesOf(count) },
          ...{ folder, repeats, blank, frames: repeats * clipFrames },
        };
        rows.push(...(await compare(task, clipFrames, rounds)));
      }
      return {
        rows,
        source: `${source.width}x${source.height}`,
        canvas: `${canvas.width}x${canvas.height}`,
        fps,
        mediaSeconds: (repeats * clipFrames) / fps,
        scaling,
        bars: barsOf(rows),
      };
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

type Run = Omit<Task, 'control' | 'output'> & { folder: string; repeats: number; blank: string };
type Contender = (task: Run & Pick<Task, 'control' | 'output'>) => Promise<number>;

const child =
  (module: URL, more: object = {}): Contender =>
  async (task) =>
    (await inChild(module, { ...task, ...more }, costSchema)).cpuSeconds;

const contenders: Record<System, Contender> = {
  onegrid: child(new URL('compositing/onegrid.ts', import.meta.url), { labels: false }),
  'onegrid-names': child(new URL('compositing/onegrid.ts', import.meta.url), { labels: true }),
  xstack: child(new URL('compositing/xstack.ts', import.meta.url)),
  ffmpeg,
  gstreamer,
};

async function compare(run: Run, clipFrames: number, rounds: number): Promise<Row[]> {
  const tiles = run.tiles.length;
  const rows: Row[] = [];
  const passed = new Map<System, Verdict>();
  for (const system of systems) {
    const why = await fault(system, run, clipFrames, passed);
    if (why !== null) rows.push({ outcome: 'void', tiles, system, why });
  }
  const runs = [...passed.keys()].flatMap((system) =>
    [false, true].map((control) => {
      const work = (): Promise<number> => contenders[system]({ ...run, control, output: null });
      return [`${system} ${String(control)}`, work] as const;
    }),
  );
  const costs = await interleave(Object.fromEntries(runs), rounds);
  for (const [system, { frames, psnr, colour }] of passed) {
    const perSecond = (cpu: number): number => (cpu * fps) / run.frames;
    const gross = (costs[`${system} false`] ?? []).map(perSecond);
    const plumbing = (costs[`${system} true`] ?? []).map(perSecond);
    const net = gross.map((cost, round) => cost - (plumbing[round] ?? 0));
    rows.push({
      ...{ outcome: 'measured', tiles, system, check: { frames, psnr, colour } },
      ...{ gross: spreadOf(gross), plumbing: spreadOf(plumbing), net: spreadOf(net) },
    });
  }
  return rows.sort((a, b) => systems.indexOf(a.system) - systems.indexOf(b.system));
}

/** Runs a contender once and looks at what it made; says why its row is void, or null. */
async function fault(
  system: System,
  run: Run,
  clipFrames: number,
  passed: Map<System, Verdict>,
): Promise<string | null> {
  if (system === 'gstreamer' && findTool('gstreamer') === null) return installation;
  const output = join(run.folder, `${system}.yuv`);
  const short = { ...run, repeats: 1, frames: clipFrames, control: false, output };
  try {
    await contenders[system](short);
    const verdict = await judge(output, run.files, run.tiles, clipFrames);
    // With names over them the pictures are not what they were; what makes them is the same as without.
    const isNamed = system === 'onegrid-names' && verdict.frames === clipFrames;
    if (verdict.wrong !== null && !isNamed) return verdict.wrong;
    passed.set(system, verdict);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    rmSync(output, { force: true });
  }
}

/** B1, where the nine tiles of all who count were measured. */
function barsOf(rows: readonly Row[]): Bar[] {
  const cost = (system: System): number =>
    rows.flatMap((row) =>
      row.outcome === 'measured' && row.tiles === 9 && row.system === system
        ? [row.net.median]
        : [],
    )[0] ?? Infinity;
  const best = Math.min(cost('gstreamer'), cost('xstack'));
  if (!Number.isFinite(best)) return [];
  return [
    atMost({
      id: 'B1',
      what: 'compositing 9 tiles of 640x360, CPU against the better of GStreamer and xstack',
      value: cost('onegrid') / best,
      limit: 0.5,
      unit: 'times its CPU',
    }),
  ];
}
