import type * as z from 'zod';
import { type compositingSchema, systems } from '../../compositing.ts';
import { lineChart } from '../plot/charts.ts';
import { picture, type Section, spread, table } from '../section.ts';

type Result = z.infer<typeof compositingSchema>;
type System = (typeof systems)[number];

const names: Record<System, string> = {
  onegrid: 'onegrid',
  'onegrid-names': 'onegrid with names',
  xstack: 'xstack in process',
  ffmpeg: 'ffmpeg, pipes',
  gstreamer: 'GStreamer compositor',
};

/** What one picture of many costs. */
export function compositing(result: Result): Section {
  const { rows } = result;
  const counts = [...new Set(rows.map(({ tiles }) => tiles))];
  const cell = (system: System, tiles: number, of: 'net' | 'gross'): string => {
    const row = rows.find((one) => one.system === system && one.tiles === tiles);
    if (row === undefined) return '–';
    return row.outcome === 'void' ? 'void' : spread(row[of], 100);
  };
  const head = ['% of a core', ...counts.map((count) => `${count} tiles`)];
  const tableOf = (of: 'net' | 'gross'): string =>
    table(
      head,
      systems.map((system) => [names[system], ...counts.map((count) => cell(system, count, of))]),
    );
  const voids = [
    ...new Set(
      rows.flatMap((row) => (row.outcome === 'void' ? [`${names[row.system]}: ${row.why}`] : [])),
    ),
  ];
  const scaling = Object.entries(result.scaling).map(
    ([system, by]) => `${names[system as System]} ${by}`,
  );
  return {
    markdown: [
      `Raw pictures of ${result.source} to one of ${result.canvas} at ${result.fps} a second, ${result.mediaSeconds} s of media a round, every picture new in every tick. Only composing, without bringing the pictures in and the composite out:`,
      tableOf('net'),
      picture('compositing.svg', 'CPU of composing against the number of tiles'),
      'With it (in memory for the first three, through pipes for the others):',
      tableOf('gross'),
      `Scalers: ${scaling.join(', ')}.`,
      ...(voids.length > 0 ? [`Void: ${voids.join('; ')}.`] : []),
    ].join('\n\n'),
    plots: {
      'compositing.svg': lineChart(
        'Composing, without input and output',
        { x: { label: 'tiles' }, y: { label: 'CPU, % of a core' } },
        systems.map((system) => ({
          label: names[system],
          points: rows.flatMap((row) =>
            row.outcome === 'measured' && row.system === system
              ? [
                  {
                    ...{ x: row.tiles, y: row.net.median * 100 },
                    ...{ min: row.net.min * 100, max: row.net.max * 100 },
                  },
                ]
              : [],
          ),
        })),
      ),
    },
  };
}
