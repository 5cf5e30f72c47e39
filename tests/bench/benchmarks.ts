import { call } from './call.ts';
import { compositing } from './compositing.ts';
import { floor } from './floor.ts';
import type { Benchmark } from './lab/benchmark.ts';
import { latency } from './latency.ts';
import { mcu } from './mcu.ts';
import { mix } from './mix.ts';

/** All benchmarks, in the order in which they run. */
export const benchmarks: readonly Benchmark<unknown>[] = [
  compositing,
  floor,
  mcu,
  latency,
  call,
  mix,
];
