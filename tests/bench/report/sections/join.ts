import type * as z from 'zod';
import type { joinSchema } from '../../join.ts';
import { distributionChart } from '../plot/charts.ts';
import { figure, picture, type Section, table } from '../section.ts';

/** How long joining takes. */
export function join({ rows }: z.infer<typeof joinSchema>): Section {
  return {
    markdown: [
      'From the `join` message to the first complete picture of the composite, without decoding it. `cold` is the first room of a server that has just begun to listen, `warm` a new room while a spare process is ready.',
      table(
        ['ms', 'p50', 'p95', 'joins'],
        rows.map(({ kind, p50, p95, sortedMs }) => [
          ...[kind, figure(p50), figure(p95), String(sortedMs.length)],
        ]),
      ),
      picture('join.svg', 'Distribution of the time to the first picture'),
    ].join('\n\n'),
    plots: {
      'join.svg': distributionChart(
        'From joining to the first picture',
        { x: { label: 'milliseconds' }, y: { label: 'share of joins, %' } },
        rows.map(({ kind, sortedMs }) => ({ label: kind, sorted: sortedMs })),
      ),
    },
  };
}
