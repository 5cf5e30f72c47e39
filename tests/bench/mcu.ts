import * as z from 'zod';
import { canvas, fps, tilesOf } from './compositing/task.ts';
import { floorSchema, measureFloor, rungs } from './floor.ts';
import { atMost, type Bar, type Benchmark, resultSchema } from './lab/benchmark.ts';
import { rounded, spreadOf, spreadSchema } from './lab/statistics.ts';
import { compareSlopes, type Slopes } from './mcu/comparison.ts';
import { verdictSchema } from './mcu/judge.ts';
import { measure, missing } from './mcu/measure.ts';
import type { Outcome } from './mcu/outcome.ts';
import { type RunTask, type System, systems } from './mcu/system.ts';
import { uplinkOf } from './mcu/uplinks.ts';

const of = { participants: z.int(), system: z.enum(systems) };
const rowSchema = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('measured'),
    ...of,
    /** Of the server's processes, CPU seconds per second of media. */
    cpu: spreadSchema,
    /** Complete pictures a second of whoever got the fewest. */
    fps: spreadSchema,
    /** Whether the rate was held: where it was not, larger rooms are not measured. */
    holds: z.boolean(),
    /** Video that one receiver got. */
    kilobits: spreadSchema,
    /** Of the process that made the load; it is not in `cpu`. */
    loadCpu: spreadSchema,
    /** What was found when one receiver's stream was decoded. */
    check: verdictSchema,
  }),
  z.strictObject({ outcome: z.literal('void'), ...of, why: z.string() }),
]);
type Row = z.infer<typeof rowSchema>;

const slopesSchema = z.strictObject({
  peer: z.enum(systems),
  participants: z.array(z.int()),
  /** CPU seconds per second of media for one more participant. */
  onegrid: z.number(),
  theirs: z.number(),
});

/** See {@link mcu}. */
export const mcuSchema = resultSchema(rowSchema, {
  canvas: z.string(),
  fps: z.number(),
  /** What all send, by the size of the room. */
  uplinks: z.record(z.string(), z.string()),
  speakers: z.int(),
  /** What the systems do, and do not do. */
  about: z.record(z.enum(systems), z.string()),
  slopes: z.array(slopesSchema),
  /** Where ours goes with nine: the floor of the same work, and CPU seconds per second by thread. */
  nine: z
    .strictObject({
      participants: z.int(),
      cpu: z.number(),
      floor: floorSchema,
      threads: z.record(z.string(), z.number()),
    })
    .nullable(),
});

const about: Record<System, string> = {
  onegrid:
    'gateway and room process: WebRTC both ways, one x264 for all, a mix without themselves for each speaker',
  'wrtc-per-participant':
    'one process with @roamhq/wrtc both ways: VP8 and Opus encoders of their own for each participant, one composite for all, a mix without themselves for each',
  gstreamer:
    'gst-launch-1.0: plain RTP in and out, one x264 and one Opus encoder for all; no WebRTC, no encryption, no congestion control, no mix without themselves: less than an MCU',
};

/** Share of the rate that must be held. */
const leastRate = 0.95;
const speakers = 1;
/** The size of room of which B3 speaks. */
const nine = 9;

/**
 * D4.2: a whole MCU with synthetic participants, who send every system the same RTP: VP8 in the size of their tiles, and
 * Opus. Only the server's processes are counted. Systems take turns; what one receiver got of each is decoded.
 */
export const mcu: Benchmark<z.infer<typeof mcuSchema>> = {
  name: 'mcu',
  about: 'a whole MCU with 2 to 25 participants: ours, an encoder per participant, GStreamer',
  schema: mcuSchema,
  async run({ quick, seconds, profiles }) {
    const counts = quick ? [2] : [2, 4, 9, 16, 25];
    const rows: Row[] = [];
    const threads = new Map<number, Outcome['usage']['threads']>();
    let left = systems.filter((system) => missing(system) === null);
    for (const system of systems) {
      const why = missing(system);
      if (why !== null) rows.push({ outcome: 'void', participants: 0, system, why });
    }
    for (const participants of counts) {
      const task = {
        ...{ participants, uplink: uplinkOf(participants), speakers },
        ...{ settle: quick ? 0 : 3, seconds: quick ? 1.5 : (seconds ?? 7) },
      };
      const rounds = quick ? 1 : participants > nine ? 2 : 3;
      const measured = await compare(left, task, rounds, profiles);
      rows.push(...measured.rows);
      if (measured.threads !== null) threads.set(participants, measured.threads);
      const held = measured.rows.filter((row) => row.outcome === 'measured' && row.holds);
      // In the short mode what is slow is so because it has only begun.
      left = left.filter((system) => quick || held.some((row) => row.system === system));
    }
    const slopes = slopesOf(rows);
    const floor = quick ? null : await floorOfNine(rows, threads.get(nine) ?? {}, seconds ?? 7);
    return {
      rows,
      canvas: `${canvas.width}x${canvas.height}`,
      fps,
      uplinks: Object.fromEntries(
        counts.map((count) => {
          const { width, height, fps: rate, kilobits } = uplinkOf(count);
          return [String(count), `VP8 ${width}x${height}@${rate}, ${kilobits} kbit/s`];
        }),
      ),
      speakers,
      about,
      slopes: slopes.map(({ peer, participants, first, second }) => ({
        ...{ peer, participants: [...participants] },
        ...{ onegrid: rounded(first), theirs: rounded(second) },
      })),
      nine: floor,
      bars: barsOf(slopes, floor),
    };
  },
};

async function compare(
  left: readonly System[],
  task: Omit<RunTask, 'check'>,
  rounds: number,
  profiles: string | null,
): Promise<{ rows: Row[]; threads: Outcome['usage']['threads'] | null }> {
  const { participants } = task;
  const outcomes = new Map<System, Outcome[]>(left.map((system) => [system, []]));
  const rows: Row[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const [system, before] of outcomes) {
      // Decoding takes as long as measuring: once is enough.
      const check = round === 0;
      try {
        const outcome = await measure(system, { ...task, check }, check ? profiles : null);
        const wrong = outcome.verdict?.wrong ?? null;
        if (wrong !== null) throw new Error(wrong);
        before.push(outcome);
      } catch (error) {
        outcomes.delete(system);
        const why = error instanceof Error ? error.message : String(error);
        rows.push({ outcome: 'void', participants, system, why });
      }
    }
  }
  for (const [system, all] of outcomes) {
    const check = all[0]?.verdict;
    if (!check) continue;
    const rate = spreadOf(all.map((one) => one.fps));
    rows.push({
      ...{ outcome: 'measured', participants, system, check, fps: rate },
      cpu: spreadOf(all.map(({ usage }) => usage.cpu)),
      // In every round: who misses it in one is at the end of the machine, and no longer costs what its work does.
      holds: rate.min >= leastRate * fps,
      kilobits: spreadOf(all.map(({ kilobits }) => kilobits)),
      loadCpu: spreadOf(all.map(({ loadCpu }) => loadCpu)),
    });
  }
  rows.sort((a, b) => systems.indexOf(a.system) - systems.indexOf(b.system));
  return { rows, threads: outcomes.get('onegrid')?.at(-1)?.usage.threads ?? null };
}

function slopesOf(rows: readonly Row[]): (Slopes & { peer: System })[] {
  const points = rows.flatMap((row) =>
    row.outcome === 'measured' ? [{ ...row, cpu: row.cpu.median }] : [],
  );
  return systems.slice(1).flatMap((peer) => {
    const slopes = compareSlopes(points, 'onegrid', peer);
    return slopes === null ? [] : [{ peer, ...slopes }];
  });
}

/** The floor of what ours did with nine, measured now; null where that was not measured. */
async function floorOfNine(
  rows: readonly Row[],
  threads: Outcome['usage']['threads'],
  mediaSeconds: number,
): Promise<z.infer<typeof mcuSchema>['nine']> {
  const row = rows.find(
    ({ system, participants }) => system === 'onegrid' && participants === nine,
  );
  if (row?.outcome !== 'measured') return null;
  const { width, height, kilobits } = uplinkOf(nine);
  const load = {
    ...{ participants: nine, tile: [width, height] as const, fps, kilobits },
    ...{ rungs: [rungs.high], speakers },
  };
  const floor = await measureFloor(load, mediaSeconds);
  return { participants: nine, cpu: row.cpu.median, floor, threads };
}

function barsOf(
  slopes: readonly (Slopes & { peer: System })[],
  floor: z.infer<typeof mcuSchema>['nine'],
): Bar[] {
  const bars: Bar[] = [];
  const against = slopes.find(({ peer }) => peer === 'wrtc-per-participant');
  if (against !== undefined) {
    bars.push(
      atMost({
        id: 'B2',
        what: `CPU per added participant, ${against.participants.join(' to ')}, against an encoder per participant`,
        value: against.first / against.second,
        limit: 0.2,
        unit: 'times its CPU',
      }),
    );
  }
  if (floor !== null) {
    const { width, height } = tilesOf(nine)[0] ?? { width: 0, height: 0 };
    bars.push(
      atMost({
        id: 'B3',
        what: `whole server with 9 (tiles of ${width}x${height}), against the floor`,
        value: floor.cpu / floor.floor.total,
        limit: 2.5,
        unit: 'times the floor',
      }),
    );
  }
  return bars;
}
