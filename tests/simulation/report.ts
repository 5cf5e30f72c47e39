import { ticksOf } from '../bench/report/plot/axes.ts';
import { lineChart, type Point } from '../bench/report/plot/charts.ts';
import { emptied, measure } from './measure.ts';
import { simulate, type Outcome, type Sample, type Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';

/** The page, and the folder of its plots. */
export const page = 'docs/bandwidth.md';
/** See {@link page}. */
export const folder = 'docs/bandwidth';

/** Measured from so long after each change on. */
export const settleSeconds = 10;
/** A queue that is longer is too long, milliseconds. */
export const longestQueueMs = 150;

const outcomes = new Map<Scenario, Outcome>();

/** What comes of a scenario; simulated once. */
export function outcomeOf(scenario: Scenario): Outcome {
  const known = outcomes.get(scenario);
  if (known !== undefined) return known;
  const outcome = simulate(scenario);
  outcomes.set(scenario, outcome);
  return outcome;
}

/** The times between two changes of the path, seconds. */
export function phasesOf(scenario: Scenario): readonly (readonly [from: number, to: number])[] {
  const { capacity, cross = [], loss = [], download = [] } = scenario;
  const changes = [...capacity, ...cross, ...loss].map(([from]) => from);
  const edges = [...new Set([0, ...changes, ...download, scenario.seconds])].sort((a, b) => a - b);
  return edges.slice(1).map((to, index) => [edges[index]!, to]);
}

const perPoint = 5;

function points(
  samples: readonly Sample[],
  value: (sample: Sample) => number,
  most = false,
): Point[] {
  return Array.from({ length: Math.floor(samples.length / perPoint) }, (_, index) => {
    const group = samples.slice(index * perPoint, (index + 1) * perPoint).map(value);
    const y = most ? Math.max(...group) : group.reduce((sum, each) => sum + each, 0) / perPoint;
    return { x: samples[index * perPoint]!.second, y };
  });
}

const kilobits = (bits: number): number => bits / 1000;

function plotsOf(key: string, scenario: Scenario): Record<string, string> {
  const { samples } = outcomeOf(scenario);
  const x = { label: 'seconds', ticks: ticksOf({ min: 0, max: scenario.seconds }) };
  return {
    [`${key}.svg`]: lineChart(`Estimate: ${scenario.name}`, { x, y: { label: 'kbit/s' } }, [
      {
        label: 'what the link has left',
        points: points(samples, (one) => kilobits(one.available)),
      },
      { label: 'the estimate', points: points(samples, (one) => kilobits(one.estimate)) },
      { label: 'what arrives', points: points(samples, (one) => kilobits(one.delivered)) },
    ]),
    [`${key}-queue.svg`]: lineChart(
      `Longest wait in the queue: ${scenario.name}`,
      { x, y: { label: 'ms' } },
      [
        {
          label: 'of any packet in half a second',
          points: points(samples, (one) => one.queuedMs ?? 0, true),
        },
      ],
    ),
  };
}

/** Those with plots; the others are in the table. */
const plotted = ['steps', 'bloat', 'cross', 'loss', 'jitter', 'rungs'] as const;

function row(scenario: Scenario, [from, to]: readonly [number, number]): string {
  const { samples } = outcomeOf(scenario);
  const settled = measure(samples, from + settleSeconds, to);
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const { available } = samples.find(({ second }) => second > from + 1)!;
  const cells = [
    scenario.name,
    `${from}–${to}`,
    Math.round(kilobits(available)),
    percent(settled.share),
    `${percent(settled.least)}–${percent(settled.greatest)}`,
    percent(settled.used),
    Math.round(settled.queuedMs),
    emptied(samples, from, longestQueueMs).toFixed(1),
  ];
  return `| ${cells.join(' | ')} |`;
}

const written: Readonly<Record<string, () => string>> = {
  list: () =>
    Object.values(scenarios)
      .map(({ name, about }) => `- **${name}**: ${about}.`)
      .join('\n'),
  table: () =>
    [
      '| link | seconds | kbit/s | estimate, mean | least–greatest | used | queue, ms | under 150 ms after, s |',
      '|---|---|---|---|---|---|---|---|',
      ...Object.values(scenarios).flatMap((scenario) =>
        phasesOf(scenario).map((phase) => row(scenario, phase)),
      ),
    ].join('\n'),
  plots: () =>
    plotted
      .map((key) => {
        const { name } = scenarios[key];
        return `![Estimate: ${name}](bandwidth/${key}.svg)\n\n![Queue: ${name}](bandwidth/${key}-queue.svg)`;
      })
      .join('\n\n'),
};

const mark = /<!-- simulated: (\S+) -->\n[\s\S]*?<!-- end -->/g;

/** Writes what the simulations give into the page, between its marks, and draws the plots. */
export function makeBandwidthPage(text: string): {
  readonly page: string;
  readonly plots: Readonly<Record<string, string>>;
} {
  return {
    page: text.replace(
      mark,
      (_, name: string) =>
        `<!-- simulated: ${name} -->\n\n${written[name]?.() ?? ''}\n\n<!-- end -->`,
    ),
    plots: Object.assign({}, ...plotted.map((key) => plotsOf(key, scenarios[key]))) as Record<
      string,
      string
    >,
  };
}
