import type * as z from 'zod';
import type { mixSchema } from '../../mix.ts';
import { figure, type Section, spread, table } from '../section.ts';

const names = {
  onegrid: '`onegrid mix`',
  ffmpeg: 'ffmpeg, xstack and amix',
  decode: 'bare decodes',
  encode: 'bare encode, with reading raw pictures',
  read: 'reading raw pictures',
};

/** Files to a file. */
export function mix({ rows, mediaSeconds, bars }: z.infer<typeof mixSchema>): Section {
  const counts = [...new Set(rows.map(({ inputs }) => inputs))];
  return {
    markdown: [
      ...counts.map((count) =>
        table(
          [`${count} inputs of ${mediaSeconds} s`, 'processor, s', 'wall, s'],
          rows
            .filter(({ inputs }) => inputs === count)
            .map(({ contender, cpu, wall }) => [names[contender], spread(cpu), spread(wall)]),
        ),
      ),
      table(
        ['ratio', ''],
        bars.map(({ what, value }) => [what, figure(value)]),
      ),
    ].join('\n\n'),
    plots: {},
  };
}
