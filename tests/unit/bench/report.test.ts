import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { documentSchema } from '../../bench/lab/document.ts';
import { ticksOf } from '../../bench/report/plot/axes.ts';
import { lineChart } from '../../bench/report/plot/charts.ts';
import { makeReport } from '../../bench/report/report.ts';
import { reportFolder, reportPage } from '../../bench/report/write.ts';

const document = documentSchema.parse(
  JSON.parse(readFileSync(join(reportFolder, 'bench.json'), 'utf8')),
);
const page = readFileSync(reportPage, 'utf8');

test('the page on performance and its plots are what the generator makes of the JSON beside it', () => {
  const report = makeReport(page, document);
  expect(report.page).toBe(page);
  const svgs = readdirSync(reportFolder).filter((name) => name.endsWith('.svg'));
  expect(svgs.sort()).toEqual(Object.keys(report.plots).sort());
  for (const [name, svg] of Object.entries(report.plots)) {
    expect(readFileSync(join(reportFolder, name), 'utf8')).toBe(svg);
  }
});

test('a figure that is changed by hand does not survive, what is written by hand does', () => {
  const [first = ''] = /\d+ cores/.exec(page) ?? [];
  const forged = page.replace(first, '64 cores').replace('# Performance', '# Our performance');
  expect(makeReport(forged, document).page).toBe(
    page.replace('# Performance', '# Our performance'),
  );
});

test('what was not measured, or failed, is said to be so', () => {
  const text = '<!-- measured: compositing -->\nold\n<!-- end -->\n';
  const none = makeReport(text, { ...document, results: {} });
  expect(none).toEqual({
    page: '<!-- measured: compositing -->\n\nNot measured in this run.\n\n<!-- end -->\n',
    plots: {},
  });
  const failed = { outcome: 'failed', seconds: 1, why: 'no ffmpeg\nat all' } as const;
  expect(makeReport(text, { ...document, results: { compositing: failed } }).page).toContain(
    'Failed in this run: no ffmpeg\n',
  );
});

test('an axis is marked with round numbers within it', () => {
  expect(ticksOf({ min: 0, max: 100 })).toEqual([0, 20, 40, 60, 80, 100]);
  expect(ticksOf({ min: 0, max: 0.3 })).toEqual([0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]);
});

test('a plot names its axes, its series and its points, and words cannot break it', () => {
  const svg = lineChart('a < b & c', { x: { label: 'tiles' }, y: { label: 'CPU, "%"' } }, [
    {
      label: 'ours',
      points: [
        { x: 4, y: 10 },
        { x: 9, y: 20 },
      ],
    },
  ]);
  expect(svg).toContain('>a &lt; b &amp; c</text>');
  expect(svg).toContain('>tiles</text>');
  expect(svg).toContain('>CPU, &quot;%&quot;</text>');
  expect(svg.match(/<circle /g)).toHaveLength(2);
  expect(svg).not.toContain('NaN');
});
