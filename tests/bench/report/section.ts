import type { Spread } from '../lab/statistics.ts';

/** A part of the report. */
export interface Section {
  readonly markdown: string;
  /** SVG by the file's name. */
  readonly plots: Readonly<Record<string, string>>;
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** A picture among the plots. */
export const picture = (file: string, what: string): string => `![${what}](performance/${file})`;

/** A number to three digits. */
export const figure = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));

/** CPU seconds per second as percent of a core. */
export const percent = (cores: number): string => figure(cores * 100);

/** A median with the least and the greatest behind it, each times a factor. */
export function spread({ median, min, max }: Spread, factor = 1): string {
  const [least, most] = [figure(min * factor), figure(max * factor)];
  const middle = figure(median * factor);
  return least === most ? middle : `${middle} (${least}–${most})`;
}
