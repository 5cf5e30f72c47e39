import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readProfiles, type RoomProfile } from '../profile/read.ts';
import type { Bar, Benchmark, RunOptions } from './benchmark.ts';
import type { Entry } from './document.ts';

/** Short runs do not measure anything, and mostly wait: so many go side by side. */
const quickAtOnce = 3;

/**
 * Runs benchmarks one after the other; in a short run several at once, from the last, which mostly wait, to the first, which
 * mostly work. One that fails does not keep the others from running.
 * @param done - is given each one's outcome at once
 */
export async function runAll(
  benchmarks: readonly Benchmark<unknown>[],
  options: RunOptions,
  done: (name: string, entry: Entry) => void,
): Promise<void> {
  const queue = options.quick ? benchmarks.toReversed() : [...benchmarks];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      console.log(`\n${next.name}: ${next.about}`);
      done(next.name, await runOne(next, options));
    }
  };
  await Promise.all(Array.from({ length: options.quick ? quickAtOnce : 1 }, work));
}

async function runOne(
  { name, schema, run }: Benchmark<unknown>,
  options: RunOptions,
): Promise<Entry> {
  const started = performance.now();
  const seconds = (): number => Math.round((performance.now() - started) / 100) / 10;
  // Each has a folder of its own.
  const profiles = options.profiles === null ? null : join(options.profiles, name);
  if (profiles !== null) rmSync(profiles, { recursive: true, force: true });
  try {
    const result = schema.parse(await run({ ...options, profiles }));
    const read = profiles === null ? [] : readProfiles(profiles);
    return { outcome: 'measured', seconds: seconds(), result, profiles: read };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    console.error(`${name} failed: ${why}`);
    return { outcome: 'failed', seconds: seconds(), why };
  }
}

/** What the terminal shows of a result. */
export function show({ rows, bars }: { rows: readonly object[]; bars: readonly Bar[] }): void {
  console.table(rows.map(flat));
  for (const { id, what, value, sense, limit, unit, reached } of bars) {
    console.log(`${reached ? 'ok  ' : 'MISS'} ${id} ${what}: ${value} (${sense} ${limit}) ${unit}`);
  }
}

/** What the terminal shows of a profile: percent of the time. */
export function showProfile({ file, table }: RoomProfile): void {
  const percent = (share: number): string => (share * 100).toFixed(2);
  console.log(`\n${file}: ${table.seconds} s, percent of the main thread's time`);
  console.table([
    ...table.rows.map(({ stage, cadence, javascript, native }) => ({
      ...{ stage, 'done per': cadence },
      ...{ JavaScript: percent(javascript), native: percent(native) },
    })),
    { stage: 'garbage collection', native: percent(table.garbageCollection) },
    { stage: 'outside of JavaScript', native: percent(table.outsideJavaScript) },
    { stage: 'idle', native: percent(table.idle) },
  ]);
}

/** A row with its spreads as text, and without its lists. */
function flat(row: object): Record<string, unknown> {
  const shown = Object.entries(row).filter(([, value]) => !Array.isArray(value));
  return Object.fromEntries(
    shown.map(([name, value]: [string, unknown]) => {
      if (typeof value !== 'object' || value === null) return [name, value];
      const spread = value as Record<string, unknown>;
      return 'rounds' in spread
        ? [
            name,
            `${String(spread['median'])} (${String(spread['min'])} to ${String(spread['max'])})`,
          ]
        : [name, JSON.stringify(value)];
    }),
  );
}
