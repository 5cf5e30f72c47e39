import type * as z from 'zod';
import type { callSchema } from '../../call.ts';
import { distributionChart } from '../plot/charts.ts';
import { figure, percent, picture, type Section, table } from '../section.ts';

/** A real call of browsers. */
export function call({ rows, latency }: z.infer<typeof callSchema>): Section {
  return {
    markdown: [
      table(
        ['people', 'room process, % of a core'],
        rows.map(({ people, cores }) => [String(people), percent(cores)]),
      ),
      table(
        ['glass to glass, two people', 'ms'],
        (['p50', 'p95', 'p99'] as const).map((name) => [name, figure(latency[name])]),
      ),
      picture('call.svg', 'Distribution of the time from glass to glass'),
      `${latency.pictures} pictures.`,
    ].join('\n\n'),
    plots: {
      'call.svg': distributionChart(
        'Glass to glass, two people',
        { x: { label: 'milliseconds' }, y: { label: 'share of pictures, %' } },
        [{ label: 'two people', sorted: latency.sortedMs }],
      ),
    },
  };
}
