import { parseArgs } from 'node:util';
import { mixSoak } from './mix.ts';

/** Each resolves with what is wrong, one sentence for each thing. */
const soaks: Record<string, (options: { quick: boolean }) => Promise<string[]>> = {
  mix: mixSoak,
};

/**
 * Runs the long tests named on the command line, or all; the exit code is 1 when one finds something wrong.
 * @param argv - names, and `--quick` for short runs, which prove nothing but that the test itself works
 */
export async function main(argv: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: argv,
    options: { quick: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => !(name in soaks));
  if (unknown !== undefined) {
    console.error(`There is no long test ${unknown}; there are ${Object.keys(soaks).join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  for (const [name, run] of Object.entries(soaks)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    console.log(`\n${name}`);
    const wrong = await run(values);
    console.log(wrong.length === 0 ? 'all is well' : `WRONG: ${wrong.join(' ')}`);
    if (wrong.length > 0) process.exitCode = 1;
  }
}
