import type * as z from 'zod';
import type { mcuSchema } from '../../mcu.ts';
import { systems } from '../../mcu/system.ts';
import { lineChart, stackedBars } from '../plot/charts.ts';
import { figure, percent, picture, type Section, spread, table } from '../section.ts';

type Result = z.infer<typeof mcuSchema>;
type Row = Result['rows'][number];

/** The whole server beside others. */
export function mcu(result: Result): Section {
  const { rows, uplinks, about, slopes, nine } = result;
  const counts = Object.keys(uplinks).map(Number);
  const find = (system: Row['system'], participants: number): Row | undefined =>
    rows.find((row) => row.system === system && [participants, 0].includes(row.participants));
  return {
    markdown: [
      systems.map((system) => `- \`${system}\`: ${about[system]}.`).join('\n'),
      table(
        ['server, % of a core', ...counts.map((count) => `${count} participants`)],
        systems.map((system) => [
          `\`${system}\``,
          ...counts.map((count) => cell(find(system, count))),
        ]),
      ),
      picture('mcu.svg', 'CPU of the server by number of participants'),
      `Everybody sends every system the same: ${counts.map((count) => `with ${count}, ${uplinks[String(count)] ?? ''}`).join('; ')}; Opus; ${result.speakers} speaks. Everybody gets ${result.canvas} at ${result.fps} a second; a system that falls under 95 % of that is not measured with more.`,
      reasons(rows),
      slopes.length === 0
        ? ''
        : table(
            ['one more participant, % of a core', 'onegrid', 'the other', 'from'],
            slopes.map(({ peer, participants, onegrid, theirs }) => [
              ...[`against \`${peer}\``, percent(onegrid), percent(theirs)],
              participants.join(', '),
            ]),
          ),
      nine === null ? '' : whereNineGoes(nine),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
    plots: {
      'mcu.svg': lineChart(
        'The whole server',
        { x: { label: 'participants' }, y: { label: 'CPU, % of a core' } },
        systems.map((system) => ({
          label: system,
          points: rows.flatMap((row) =>
            row.system === system && row.outcome === 'measured' && row.holds
              ? [
                  {
                    ...{ x: row.participants, y: row.cpu.median * 100 },
                    ...{ min: row.cpu.min * 100, max: row.cpu.max * 100 },
                  },
                ]
              : [],
          ),
        })),
      ),
      ...(nine === null ? {} : { 'stages.svg': stagesOf(nine) }),
    },
  };
}

function cell(row: Row | undefined): string {
  if (row === undefined) return '–';
  if (row.outcome === 'void') return 'void';
  const cost = spread(row.cpu, 100);
  return row.holds ? cost : `${cost}, only ${figure(row.fps.min)} fps`;
}

function reasons(rows: readonly Row[]): string {
  return rows
    .flatMap((row) =>
      row.outcome === 'void'
        ? [`- \`${row.system}\`, ${row.participants}: void, ${row.why.split('\n')[0] ?? ''}`]
        : [],
    )
    .join('\n');
}

/** The floor, and the threads of ours; those of one name are one row. */
function whereNineGoes({ participants, cpu, floor, threads }: NonNullable<Result['nine']>): string {
  const encodes = Object.entries(floor.encode);
  return [
    table(
      [`${participants} participants`, '% of a core'],
      [
        ['onegrid', percent(cpu)],
        ['the floor', percent(floor.total)],
        ['– decode', percent(floor.decode)],
        ...encodes.map(([name, cost]) => [`– encode \`${name}\``, percent(cost)]),
        ['– Opus', percent(floor.opusDecode + floor.opusEncode)],
        ['beyond the floor', percent(cpu - floor.total)],
      ],
    ),
    picture('stages.svg', 'The floor, and ours by thread'),
    table(
      [
        'onegrid by thread (`first` is the gateway; `node` is the pool, where x264 works)',
        '% of a core',
      ],
      Object.entries(threads).map(([name, cost]) => [name, percent(cost)]),
    ),
  ].join('\n\n');
}

/** So many threads have a part of their own in the plot. */
const mostThreads = 5;

/** The floor and ours side by side, each by its parts. */
function stagesOf({ participants, cpu, floor, threads }: NonNullable<Result['nine']>): string {
  const encode = Object.values(floor.encode).reduce((sum, cost) => sum + cost, 0);
  const own = Object.entries(threads).slice(0, mostThreads);
  const rest = cpu - own.reduce((sum, [, cost]) => sum + cost, 0);
  const parts = [
    { label: 'decode', floor: floor.decode, ours: 0 },
    { label: 'encode', floor: encode, ours: 0 },
    { label: 'Opus', floor: floor.opusDecode + floor.opusEncode, ours: 0 },
    ...own.map(([label, cost]) => ({ label: `thread ${label}`, floor: 0, ours: cost })),
    { label: 'other threads', floor: 0, ours: Math.max(0, rest) },
  ];
  return stackedBars(
    `Where it goes with ${participants}`,
    { x: '', y: 'CPU, % of a core' },
    parts.map(({ label }) => label),
    [
      { name: 'the floor', parts: parts.map((part) => part.floor * 100) },
      { name: 'onegrid', parts: parts.map(({ ours }) => ours * 100) },
    ],
  );
}
