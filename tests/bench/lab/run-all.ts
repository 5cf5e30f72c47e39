import type { Bar, Benchmark, RunOptions } from './benchmark.ts';
import type { Entry } from './document.ts';

/**
 * Runs benchmarks one after the other. One that fails does not keep the others from running.
 * @param done - is given each one's outcome at once
 */
export async function runAll(
  benchmarks: readonly Benchmark<unknown>[],
  options: RunOptions,
  done: (name: string, entry: Entry) => void,
): Promise<void> {
  for (const { name, about, schema, run } of benchmarks) {
    console.log(`\n${name}: ${about}`);
    const started = performance.now();
    const seconds = (): number => Math.round((performance.now() - started) / 100) / 10;
    try {
      const result = schema.parse(await run(options));
      done(name, { outcome: 'measured', seconds: seconds(), result });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      console.error(`${name} failed: ${why}`);
      done(name, { outcome: 'failed', seconds: seconds(), why });
    }
  }
}

/** What the terminal shows of a result. */
export function show({ rows, bars }: { rows: readonly object[]; bars: readonly Bar[] }): void {
  console.table(rows.map(flat));
  for (const { id, what, value, sense, limit, unit, reached } of bars) {
    console.log(`${reached ? 'ok  ' : 'MISS'} ${id} ${what}: ${value} (${sense} ${limit}) ${unit}`);
  }
}

/** A row with its spreads as text. */
function flat(row: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]: [string, unknown]) => {
      if (typeof value !== 'object' || value === null) return [name, value];
      const spread = value as Record<string, unknown>;
      return 'median' in spread
        ? [name, `${String(spread['median'])} (${String(spread['min'])} to ${String(spread['max'])})`]
        : [name, JSON.stringify(value)];
    }),
  );
}
