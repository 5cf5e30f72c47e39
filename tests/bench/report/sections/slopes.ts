import type * as z from 'zod';
import type { slopesSchema } from '../../slopes.ts';
import { type Section, spread, table } from '../section.ts';

/** What one more costs. */
export function slopes({ rows }: z.infer<typeof slopesSchema>): Section {
  return {
    markdown: table(
      ['one more', 'room process, % of a core'],
      rows.map((row) => [
        row.what,
        row.outcome === 'void' ? `void: ${row.why}` : spread(row.cores, 100),
      ]),
    ),
    plots: {},
  };
}
