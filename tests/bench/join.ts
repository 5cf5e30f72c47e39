import * as z from 'zod';
import { atMost, type Benchmark, resultSchema } from './lab/benchmark.ts';
import { inChild } from './lab/in-child.ts';
import { quantile, rounded } from './lab/statistics.ts';
import { joinTimesSchema } from './join/task.ts';

const kinds = ['cold', 'warm', 'into a call'] as const;

const rowSchema = z.strictObject({
  kind: z.enum(kinds),
  /** Milliseconds from the `join` message to the first complete picture. */
  p50: z.number(),
  p95: z.number(),
  /** All, in ascending order. */
  sortedMs: z.array(z.number()),
});

/** See {@link join}. */
export const joinSchema = resultSchema(rowSchema, {});

/**
 * D4.7: from `join` to the first complete picture. `cold` is the first room of a server that has just begun to listen, `warm` a
 * new room while a spare process is ready, `into a call` a room that others are in.
 */
export const join: Benchmark<z.infer<typeof joinSchema>> = {
  name: 'join',
  about: 'from joining to the first picture: cold, warm, into a call',
  schema: joinSchema,
  async run({ quick }) {
    const task = quick
      ? { cold: 1, warm: 1, call: 1, spareMs: 1000 }
      : { cold: 4, warm: 20, call: 15, spareMs: 4000 };
    const module = new URL('join/measure.ts', import.meta.url);
    const times = await inChild(module, task, joinTimesSchema);
    const rows = kinds.map((kind) => {
      const sorted = [...times[kind]].sort((a, b) => a - b).map(rounded);
      const [p50, p95] = [quantile(sorted, 0.5), quantile(sorted, 0.95)];
      return { kind, p50, p95, sortedMs: sorted };
    });
    const warm = rows.find(({ kind }) => kind === 'warm')?.p95 ?? Infinity;
    return {
      rows,
      bars: [
        atMost({
          ...{ id: 'B7', what: 'join to the first complete picture, warm, p95' },
          ...{ value: warm, limit: 700, unit: 'ms' },
        }),
      ],
    };
  },
};
