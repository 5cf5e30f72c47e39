import { tryBenchmarks } from '../harness/laboratory.ts';

/** Those without a server and browsers, which tests/long tries with all others. */
const triedAlways = ['floor', 'mix'];

tryBenchmarks((name) => triedAlways.includes(name));
