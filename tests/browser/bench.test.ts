import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { benchmarks } from '../bench/benchmarks.ts';
import { barSchema } from '../bench/lab/benchmark.ts';
import { documentSchema, type LabDocument } from '../bench/lab/document.ts';
import { makeReport } from '../bench/report/report.ts';
import { testRunFolder, testRunVariable } from '../harness/test-run.ts';

const laboratory = fileURLToPath(new URL('../bench/run.mjs', import.meta.url));
const folder = mkdtempSync(join(testRunFolder(process.env[testRunVariable] ?? ''), 'bench-'));
const file = join(folder, 'bench.json');
let document: LabDocument;

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [laboratory, '--quick', '--out', file]);
  document = documentSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true }));

test('a run says where, when, with what and how it was made', () => {
  expect(document).toMatchObject({
    quick: true,
    machine: { versions: { node: process.versions.node } },
  });
  expect(document.machine.cpu).not.toBe('');
  expect(document.command).toContain('--quick');
  expect(Date.parse(document.date)).toBeLessThan(Date.now());
  expect(Object.keys(document.results).sort()).toEqual(benchmarks.map(({ name }) => name).sort());
});

test.each(benchmarks)('$name has its fields in a short run', ({ name, schema }) => {
  const entry = document.results[name];
  if (entry?.outcome !== 'measured') throw new Error(entry?.why ?? 'It was not run.');
  const result = schema.parse(entry.result);
  const { rows } = z.object({ rows: z.array(z.unknown()), bars: z.array(barSchema) }).parse(result);
  expect(rows).not.toEqual([]);

  const page = makeReport(`<!-- measured: ${name} -->\n<!-- end -->\n`, document).page;
  expect(page).toContain('|---|');
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
});
