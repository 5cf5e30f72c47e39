import { styleText } from 'node:util';
import type { Finding } from './finding.ts';

/** Findings about one thing. */
export interface FindingGroup {
  readonly title: string;
  readonly findings: readonly Finding[];
}

/** How a report is written. */
export interface ReportStyle {
  /** Whether there may be colours. */
  readonly colour: boolean;
  /** Where lines are broken, in characters; null: nowhere. */
  readonly columns: number | null;
}

const statusWidth = 9;
const checkWidth = 18;
const indent = 2 + statusWidth + checkWidth;
/** On a terminal that is narrower, lines are broken by the terminal. */
const leastColumns = indent + 24;

const colours = { ok: 'green', warning: 'yellow', missing: 'red' } as const;

/** The lines of one group, with its title above them. */
export function groupText({ title, findings }: FindingGroup, style: ReportStyle): string {
  const lines = findings.flatMap((finding) => findingLines(finding, style));
  return `${painted('bold', title, style)}\n${lines.join('\n')}\n`;
}

/** The last line: how it stands in all. */
export function summaryText(groups: readonly FindingGroup[], style: ReportStyle): string {
  const all = groups.flatMap(({ findings }) => findings);
  const lacking = all.filter(({ status }) => status === 'missing').length;
  const warnings = all.filter(({ status }) => status === 'warning').length;
  const remark = warnings === 0 ? '' : `; ${count(warnings, 'warning')}`;
  if (lacking > 0) {
    return painted('red', `${count(lacking, 'thing')} missing${remark}.`, style);
  }
  return painted(
    warnings === 0 ? 'green' : 'yellow',
    warnings === 0 ? 'All well.' : `All that matters is there${remark}.`,
    style,
  );
}

function findingLines({ check, status, found, advice }: Finding, style: ReportStyle): string[] {
  const head = `  ${painted(colours[status], status.padEnd(statusWidth), style)}${check.padEnd(checkWidth - 1)} `;
  const [first = '', ...rest] = wrapped(found, style);
  const more = advice === undefined ? [] : wrapped(advice, style);
  return [`${head}${first}`, ...[...rest, ...more].map((line) => ' '.repeat(indent) + line)];
}

function wrapped(text: string, { columns }: ReportStyle): string[] {
  if (columns === null || columns < leastColumns) return [text];
  const room = columns - indent;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

const painted = (
  colour: Parameters<typeof styleText>[0],
  text: string,
  { colour: may }: ReportStyle,
): string => (may ? styleText(colour, text) : text);

const count = (number: number, what: string): string =>
  `${String(number)} ${what}${number === 1 ? '' : 's'}`;
