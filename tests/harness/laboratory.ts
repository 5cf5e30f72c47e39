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
import { testRunFolder, testRunVariable } from './test-run.ts';

const laboratory = fileURLToPath(new URL('../bench/run.mjs', import.meta.url));

/**
 * Tests that benchmarks run, and give what the page is written from: each is tried in a short run, which measures nothing.
 * @param chosen - whether a benchmark of that name is tried
 */
export function tryBenchmarks(chosen: (name: string) => boolean): void {
  const tried = benchmarks.filter(({ name }) => chosen(name));
  const names = tried.map(({ name }) => name);
  let folder: string;
  let document: LabDocument;

  beforeAll(async () => {
    folder = mkdtempSync(join(testRunFolder(process.env[testRunVariable] ?? ''), 'bench-'));
    const file = join(folder, 'bench.json');
    await promisify(execFile)(process.execPath, [laboratory, ...names, '--quick', '--out', file]);
    document = documentSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('a run says where, when, with what and how it was made', () => {
    expect(document).toMatchObject({
      quick: true,
      machine: { versions: { node: process.versions.node } },
    });
    expect(document.machine.cpu).not.toBe('');
    expect(document.command).toContain('--quick');
    expect(Date.parse(document.date)).toBeLessThan(Date.now());
    expect(Object.keys(document.results).sort()).toEqual([...names].sort());
  });

  test.each(tried)('$name has its fields in a short run', ({ name, schema }) => {
    const entry = document.results[name];
    if (entry?.outcome !== 'measured') throw new Error(entry?.why ?? 'It was not run.');
    const result = schema.parse(entry.result);
    const shown = z.object({ rows: z.array(z.unknown()), bars: z.array(barSchema) });
    expect(shown.parse(result).rows).not.toEqual([]);

    const page = makeReport(`<!-- measured: ${name} -->\n<!-- end -->\n`, document).page;
    expect(page).toContain('|---|');
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });
}
