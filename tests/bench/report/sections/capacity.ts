import type * as z from 'zod';
import type { capacitySchema } from '../../capacity.ts';
import { lineChart } from '../plot/charts.ts';
import { figure, percent, picture, type Section, table } from '../section.ts';

const kinds = ['one room', 'rooms of four'] as const;

/** How many the machine holds. */
export function capacity({ rows, fps, speakers }: z.infer<typeof capacitySchema>): Section {
  return {
    markdown: [
      `${speakers} of each room speaks. Who send and receive are on the same machine, on the same cores.`,
      table(
        [
          ...['', 'rooms', 'participants', 'composites made, % of the rate'],
          ...[`received a second, of ${fps}: median`, 'p5'],
          ...['server, % of a core', 'busiest room process, % of a core'],
        ],
        rows.map((row) => [
          ...[row.kind, String(row.rooms), String(row.participants), percent(row.rate)],
          ...[figure(row.received.median), figure(row.received.p5)],
          ...[percent(row.serverCores), percent(row.roomCores)],
        ]),
      ),
      picture('capacity.svg', 'CPU of the server against participants'),
    ].join('\n\n'),
    plots: {
      'capacity.svg': lineChart(
        'The whole server, by participants',
        { x: { label: 'participants' }, y: { label: 'CPU, % of a core' } },
        kinds.map((kind) => ({
          label: kind,
          points: rows
            .filter((row) => row.kind === kind)
            .map((row) => ({ x: row.participants, y: row.serverCores * 100 })),
        })),
      ),
    },
  };
}
