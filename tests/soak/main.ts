import { parseArgs } from 'node:util';
import { whyNoNetwork } from '../harness/network.ts';
import { barsSoak } from './bars.ts';
import { returnsSoak } from './client/returns.ts';
import { callsSoak } from './faults/calls.ts';
import { churnSoak } from './faults/churn.ts';
import { faultsSoak } from './faults/faults.ts';
import { abuseSoak } from './hostile/abuse.ts';
import { fuzzSoak } from './hostile/fuzz.ts';
import { overloadSoak } from './load/overload.ts';
import { mixSoak } from './mix.ts';
import { farSoak } from './network/far.ts';
import { lossSoak } from './network/loss.ts';
import { narrowSoak } from './network/narrow.ts';
import { stepsSoak } from './network/steps.ts';
import { hourSoak } from './recording/hour.ts';
import { killsSoak } from './recording/kills.ts';

/** Resolves with what is wrong, one sentence for each thing. */
type Soak = (options: { quick: boolean }) => Promise<string[]>;

const soaks: Record<string, Soak> = {
  bars: barsSoak,
  mix: mixSoak,
  steps: onNetwork(stepsSoak),
  narrow: onNetwork(narrowSoak),
  loss: onNetwork(lossSoak),
  far: onNetwork(farSoak),
  kills: killsSoak,
  hour: hourSoak,
  returns: onNetwork(returnsSoak),
  faults: faultsSoak,
  churn: churnSoak,
  calls: callsSoak,
  fuzz: fuzzSoak,
  abuse: abuseSoak,
  overload: overloadSoak,
};

/** Needs a network of its own, and says so where none can be made. */
function onNetwork(soak: Soak): Soak {
  return (options) => {
    const why = whyNoNetwork(['tc', 'nft']);
    return why === null ? soak(options) : Promise.resolve([`It was not run: ${why}.`]);
  };
}

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
