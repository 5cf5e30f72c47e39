import { call } from './call.ts';
import { capacity } from './capacity.ts';
import { churn } from './churn.ts';
import { compositing } from './compositing.ts';
import { floor } from './floor.ts';
import { join } from './join.ts';
import type { Benchmark } from './lab/benchmark.ts';
import { latency } from './latency.ts';
import { links } from './links.ts';
import { mcu } from './mcu.ts';
import { mix } from './mix.ts';
import { recording } from './recording.ts';
import { slopes } from './slopes.ts';

/** All benchmarks, in the order in which they run. */
export const benchmarks: readonly Benchmark<unknown>[] = [
  compositing,
  floor,
  mcu,
  slopes,
  capacity,
  latency,
  join,
  churn,
  call,
  links,
  mix,
  recording,
];
