import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { benchmarks } from './benchmarks.ts';
import { barSchema } from './lab/benchmark.ts';
import { documentSchema, type LabDocument } from './lab/document.ts';
import { thisCommit, thisMachine } from './lab/machine.ts';
import { runAll, show, showProfile } from './lab/run-all.ts';
import { writeReport } from './report/write.ts';

const folder = 'tests/output';
const shownSchema = z.object({ rows: z.array(z.looseObject({})), bars: z.array(barSchema) });

const usage = `npm run bench -- [NAMES] [OPTIONS]

${benchmarks.map(({ name, about }) => `  ${name.padEnd(14)}${about}`).join('\n')}

  --quick       as short as can be: shows that it works, not what it costs
  --seconds N   how long one measurement takes, where the benchmark has a choice
  --profile     V8 profiles of the room processes, and what they say, in ${folder}/profiles
  --out FILE    where the figures go: ${folder}/bench.json
  --report      writes docs/performance.md from what was measured
  --from FILE   an earlier run's JSON: measures only what is named, anew, and keeps the rest; without names nothing
`;

/**
 * Runs the benchmarks named on the command line, or all: prints their figures and keeps them as JSON.
 * @param argv - see `--help`
 */
export async function main(argv: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: argv,
    options: {
      quick: { type: 'boolean', default: false },
      seconds: { type: 'string' },
      profile: { type: 'boolean', default: false },
      report: { type: 'boolean', default: false },
      from: { type: 'string' },
      out: { type: 'string', default: `${folder}/bench.json` },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const unknown = positionals.find((name) => !benchmarks.some((known) => known.name === name));
  const seconds = values.seconds === undefined ? null : Number(values.seconds);
  if (unknown !== undefined || (seconds !== null && !(seconds > 0))) {
    console.error(
      unknown === undefined
        ? '--seconds takes a number above 0.'
        : `There is no benchmark ${unknown}; there are ${benchmarks.map(({ name }) => name).join(', ')}.`,
    );
    process.exitCode = 2;
    return;
  }
  const earlier =
    values.from === undefined
      ? null
      : documentSchema.parse(JSON.parse(readFileSync(values.from, 'utf8')));
  if (earlier !== null && positionals.length === 0) {
    writeReport(earlier);
    return;
  }
  const { quick, out: file } = values;
  const [commit, date] = [thisCommit(), new Date().toISOString()];
  const document: LabDocument =
    earlier === null
      ? {
          machine: await thisMachine(),
          ...{ commit, date, quick, results: {} },
          command: ['npm run bench', ...(argv.length > 0 ? ['--', ...argv] : [])].join(' '),
        }
      : { ...earlier, again: [...(earlier.again ?? []), { names: positionals, commit, date }] };
  mkdirSync(folder, { recursive: true });
  const profiles = values.profile ? `${folder}/profiles` : null;
  const chosen = benchmarks.filter(
    ({ name }) => positionals.length === 0 || positionals.includes(name),
  );
  await runAll(chosen, { quick, seconds, profiles }, (name, entry) => {
    document.results[name] = entry;
    // At once: what was measured is there if a later one hangs.
    writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
    if (entry.outcome === 'failed') {
      process.exitCode = 1;
      return;
    }
    console.log(`\n${name}, ${entry.seconds} s`);
    show(shownSchema.parse(entry.result));
    for (const profile of entry.profiles.slice(0, 1)) showProfile(profile);
  });
  const { cpu, cores, versions } = document.machine;
  console.log(`\n${cpu}, ${cores} cores; ${JSON.stringify(versions)}\nThe figures are in ${file}.`);
  if (values.report) writeReport(document);
}
