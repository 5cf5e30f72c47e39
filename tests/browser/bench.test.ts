import { tryBenchmarks } from '../harness/laboratory.ts';

/** Those that use what the others use, too: a mixer alone, and a server with synthetic people. The rest is in tests/long. */
const triedAlways = ['floor', 'mix', 'call'];

tryBenchmarks((name) => triedAlways.includes(name));
