import type * as z from 'zod';
import type { floorResultSchema } from '../../floor.ts';
import { stackedBars } from '../plot/charts.ts';
import { picture, type Section, spread, table } from '../section.ts';

/** The least that there is. */
export function floor(result: z.infer<typeof floorResultSchema>): Section {
  const { rows } = result;
  const counts = [...new Set(rows.map(({ participants }) => participants))];
  const parts = [...new Set(rows.map(({ part }) => part))];
  const of = (part: string, participants: number) =>
    rows.find((row) => row.part === part && row.participants === participants);
  const stacked = parts.filter((part) => part !== 'total' && part !== 'decode with libav');
  const tiles = counts.map((count) => of('total', count)?.tile ?? '');
  return {
    markdown: [
      `Each participant sends VP8 of the size of their tile at ${result.fps} a second; ${result.speakers} speak; all of ${result.rungs.map(({ name }) => name).join(', ')} are watched.`,
      table(
        ['% of a core', ...counts.map((count, index) => `${count} of ${tiles[index] ?? ''}`)],
        parts.map((part) => [
          part,
          ...counts.map((count) => {
            const row = of(part, count);
            return row === undefined ? '–' : spread(row.cpu, 100);
          }),
        ]),
      ),
      picture('floor.svg', 'The floor by number of participants and part'),
      "`decode` is libvpx in node-av's build; the server's own is another build of libvpx, in @roamhq/wrtc.",
    ].join('\n\n'),
    plots: {
      'floor.svg': stackedBars(
        'The floor: bare decodes and encodes',
        { x: 'participants', y: 'CPU, % of a core' },
        stacked,
        counts.map((count) => ({
          name: String(count),
          parts: stacked.map((part) => (of(part, count)?.cpu.median ?? 0) * 100),
        })),
      ),
    },
  };
}
