import type * as z from 'zod';
import type { churnSchema } from '../../churn.ts';
import { lineChart } from '../plot/charts.ts';
import { figure, picture, type Section, table } from '../section.ts';

/** What coming and going does to a room process. */
export function churn(result: z.infer<typeof churnSchema>): Section {
  const { rows, growth } = result;
  const [first, last] = [rows[0], rows.at(-1)];
  const held = (name: 'residentMiB' | 'threads' | 'descriptors'): string[] => [
    ...[figure(first?.[name] ?? 0), figure(last?.[name] ?? 0)],
  ];
  return {
    markdown: [
      `${result.changes} times somebody left and somebody else joined, while ${result.stayed} stayed. Room processes that crashed: ${result.crashes}. Joins without a picture: ${result.missed}. The longest wait for a picture of those who stayed: ${figure(result.gapMaxMs)} ms.`,
      table(
        ['room process', 'before', 'after', 'growth for each, after the first third'],
        [
          ['resident memory, MiB', ...held('residentMiB'), `${figure(growth.residentKiB)} KiB`],
          ['threads', ...held('threads'), figure(growth.threads)],
          ['open handles', ...held('descriptors'), figure(growth.descriptors)],
        ],
      ),
      picture('churn.svg', 'Memory of the room process against joins'),
      ...(result.complaints.length > 0 ? [`The log has: ${result.complaints.join('; ')}.`] : []),
    ].join('\n\n'),
    plots: {
      'churn.svg': lineChart(
        'Memory of the room process while people come and go',
        { x: { label: 'left and joined' }, y: { label: 'resident memory, MiB' } },
        [
          {
            label: 'room process',
            points: rows.map(({ changes, residentMiB }) => ({ x: changes, y: residentMiB })),
          },
        ],
      ),
    },
  };
}
