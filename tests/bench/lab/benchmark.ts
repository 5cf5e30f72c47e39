import * as z from 'zod';

/** What a run was asked for. */
export interface RunOptions {
  /** As short as can be: shows that the benchmark works, not what anything costs. */
  readonly quick: boolean;
  /** Seconds that one measurement shall take, instead of the benchmark's own choice. */
  readonly seconds: number | null;
  /** The folder to write V8 profiles of room processes to. */
  readonly profiles: string | null;
}

/** A bar: a figure, and what it shall be. */
export const barSchema = z.strictObject({
  /** The name for it, or the benchmark's own. */
  id: z.string(),
  what: z.string(),
  value: z.number(),
  /** `value` is to be at most or at least this. */
  limit: z.number(),
  sense: z.enum(['at most', 'at least']),
  unit: z.string(),
  reached: z.boolean(),
});

/** See {@link barSchema}. */
export type Bar = z.infer<typeof barSchema>;

/** A bar that asks for at most a limit. */
export const atMost = (bar: Pick<Bar, 'id' | 'what' | 'value' | 'limit' | 'unit'>): Bar => ({
  ...bar,
  value: Number(bar.value.toPrecision(4)),
  sense: 'at most',
  reached: bar.value <= bar.limit,
});

/** A bar that asks for at least a limit. */
export const atLeast = (bar: Pick<Bar, 'id' | 'what' | 'value' | 'limit' | 'unit'>): Bar => ({
  ...bar,
  value: Number(bar.value.toPrecision(4)),
  sense: 'at least',
  reached: bar.value >= bar.limit,
});

/** The schema of a result: its rows, whatever else it has, and its bars. */
export const resultSchema = <Row extends z.ZodType, More extends z.ZodRawShape>(
  row: Row,
  more: More,
) => z.strictObject({ rows: z.array(row), ...more, bars: z.array(barSchema) });

/** One benchmark: how it is called, what its result looks like, and how it is run. */
export interface Benchmark<Result> {
  readonly name: string;
  /** A sentence for `--help`. */
  readonly about: string;
  readonly schema: z.ZodType<Result>;
  run(options: RunOptions): Promise<Result>;
}
