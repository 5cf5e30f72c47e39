import { tryBenchmarks } from '../harness/laboratory.ts';

tryBenchmarks(() => true);
