import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { findChromium } from '../harness/browsers.ts';
import { callBenchmark } from './call.ts';
import type { Figures } from './figures.ts';
import { mixBenchmark } from './mix.ts';

const benchmarks: Record<string, (options: { quick: boolean }) => Promise<Figures>> = {
  call: callBenchmark,
  mix: mixBenchmark,
};

/**
 * Runs the benchmarks named on the command line, or all: prints their figures and keeps them as JSON.
 * @param argv - names, and `--quick` for short runs
 */
export async function main(argv: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: argv,
    options: { quick: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => !(name in benchmarks));
  if (unknown !== undefined) {
    console.error(
      `There is no benchmark ${unknown}; there are ${Object.keys(benchmarks).join(', ')}.`,
    );
    process.exitCode = 2;
    return;
  }
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    chromium: execFileSync(findChromium(), ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim(),
    date: new Date().toISOString(),
  };
  const results: Record<string, Figures> = {};
  for (const [name, run] of Object.entries(benchmarks)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    console.log(`\n${name}`);
    results[name] = await run(values);
    console.table(results[name]);
  }
  const folder = 'tests/output';
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/bench.json`, `${JSON.stringify({ machine, results }, null, 2)}\n`);
  console.log(
    `${machine.cpu}, ${String(machine.cores)} cores, Node ${machine.node}, ${machine.chromium}`,
  );
  console.log(`The figures are in ${folder}/bench.json.`);
}
