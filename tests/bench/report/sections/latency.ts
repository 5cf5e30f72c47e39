import type * as z from 'zod';
import type { latencySchema } from '../../latency.ts';
import { distributionChart } from '../plot/charts.ts';
import { figure, picture, type Section, table } from '../section.ts';

const axes = { x: { label: 'milliseconds' }, y: { label: 'share of pictures, %' } };
const quantiles = ['p50', 'p95', 'p99'] as const;

/** Latency from glass to glass, and what of it is the server's. */
export function latency({ rows, added, fps }: z.infer<typeof latencySchema>): Section {
  const others = (count: number): string =>
    count === 0 ? 'two browsers alone' : `two browsers and ${count} synthetic participants`;
  const { total, apart } = added;
  return {
    markdown: [
      table(
        ['glass to glass, ms', ...quantiles, 'pictures'],
        rows.map((row) => [
          others(row.synthetic),
          ...quantiles.map((name) => figure(row[name])),
          String(row.pictures),
        ]),
      ),
      picture('latency.svg', 'Distribution of the time from glass to glass'),
      table(
        [`what the server adds with ${added.participants}, ms`, ...quantiles],
        [
          ['last packet in to first packet out', ...quantiles.map((name) => figure(total[name]))],
          [
            'the same without the wait for the tick',
            ...quantiles.map((name) => figure(apart[name])),
          ],
        ],
      ),
      picture('latency-added.svg', 'Distribution of what the server adds'),
      [
        `All ${added.participants} send ${added.uplink} with the picture's number in a barcode; ${added.composites} composites that one of them got (${figure(added.fps)} a second) were decoded, and`,
        `${added.pictures} pictures found in them (${figure(added.unreadable * 100)} % of the barcodes could not be read). The wait for the tick was ${figure(added.tickWait)} ms on`,
        `average, of ticks that are ${figure(1000 / fps)} ms apart.`,
      ].join('\n'),
      [
        'The wait for the tick cannot be seen from outside for a single picture, but for all of them: a composite that comes A ms after a picture was sent shows it if, and',
        "only if, it took the server at most A ms without the wait. So the share of pictures of age A that a composite shows is the distribution of that time; the uplinks' rate",
        'is not that of the ticks, so that all ages occur. What is taken is the best fit that does not fall (`tests/bench/latency/readiness.ts`).',
      ].join('\n'),
    ].join('\n\n'),
    plots: {
      'latency.svg': distributionChart(
        'Glass to glass',
        axes,
        rows.map(({ synthetic, sortedMs }) => ({ label: others(synthetic), sorted: sortedMs })),
      ),
      'latency-added.svg': distributionChart(
        `What the server adds with ${added.participants}`,
        axes,
        [
          { label: 'with the wait for the tick', sorted: added.sortedTotal },
          { label: 'without', sorted: added.sortedApart },
        ],
      ),
    },
  };
}
