import { z } from 'zod';
import { RoomMetrics } from '../room-metrics.ts';

/** A value of a metric with its labels. */
const valueSchema = z.object({
  value: z.number(),
  labels: z.record(
    z.string().regex(/^[a-z][a-z_]{0,31}$/),
    z.union([z.number(), z.string().regex(/^[\w.+-]{0,64}$/)]),
  ),
  metricName: z
    .string()
    .regex(/^[a-z][a-z_]{0,99}$/)
    .optional(),
});
const metricSchema = z.object({
  name: z.string(),
  help: z.string(),
  type: z.enum(['counter', 'gauge', 'histogram']),
  aggregator: z.string(),
  values: z.array(z.unknown()).max(2000),
});

/** A metric of a room process, as its registry gives it. */
export type MetricSnapshot = Omit<z.infer<typeof metricSchema>, 'values'> & {
  readonly values: readonly z.infer<typeof valueSchema>[];
};

const known: Promise<ReadonlyMap<string, Omit<MetricSnapshot, 'name' | 'values'>>> =
  new RoomMetrics().registry.getMetricsAsJSON().then(
    (metrics) =>
      new Map(
        metrics.map((metric) => {
          const { name, help, type, aggregator } = metricSchema.parse(metric);
          return [name, { help, type, aggregator }];
        }),
      ),
  );

/**
 * What is of use in a snapshot: metrics that room processes have, with values that are numbers. The rest is left out: native code
 * runs in those processes, and one that has gone wrong must spoil neither the page of all nor the gateway.
 */
export async function readSnapshot(snapshot: readonly unknown[]): Promise<MetricSnapshot[]> {
  const expected = await known;
  const seen = new Set<string>();
  return snapshot.flatMap((metric) => {
    const read = metricSchema.safeParse(metric);
    if (!read.success || seen.has(read.data.name)) return [];
    const { name, type, values } = read.data;
    const own = expected.get(name);
    if (own?.type !== type) return [];
    seen.add(name);
    const good = values.flatMap((value) => valueSchema.safeParse(value).data ?? []);
    return [{ name, ...own, values: good }];
  });
}
