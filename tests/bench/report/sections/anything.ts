import * as z from 'zod';
import { spreadSchema } from '../../lab/statistics.ts';
import { figure, type Section, spread, table } from '../section.ts';

const resultSchema = z.object({ rows: z.array(z.record(z.string(), z.unknown())) });

/** The rows of a benchmark that nobody has written a section for, as a table. */
export function anything(result: unknown): Section {
  const { rows } = resultSchema.parse(result);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return {
    markdown: table(
      columns,
      rows.map((row) => columns.map((column) => cell(row[column]))),
    ),
    plots: {},
  };
}

function cell(value: unknown): string {
  const measured = spreadSchema.safeParse(value);
  if (measured.success) return spread(measured.data);
  if (typeof value === 'number') return figure(value);
  if (value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
