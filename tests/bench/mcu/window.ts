import * as z from 'zod';
import { cpuSeconds, cpuSecondsByThread, processTree } from '../lab/process-cpu.ts';
import { rounded } from '../lab/statistics.ts';

/** What a server's processes used in a window of time. */
export const usageSchema = z.strictObject({
  /** CPU seconds per second. */
  cpu: z.number(),
  /** The same by the name of the thread, all processes together; those that used less than 0.1 % are left out. */
  threads: z.record(z.string(), z.number()),
});

/** See {@link usageSchema}. */
export type Usage = z.infer<typeof usageSchema>;

interface Reading {
  readonly atMs: number;
  readonly cpu: number;
  readonly threads: ReadonlyMap<string, number>;
}

function read(root: number): Reading {
  let cpu = 0;
  const threads = new Map<string, number>();
  for (const pid of processTree(root)) {
    try {
      cpu += cpuSeconds(pid);
      for (const [name, seconds] of cpuSecondsByThread(pid)) {
        threads.set(name, (threads.get(name) ?? 0) + seconds);
      }
    } catch {
      // It ended while we looked.
    }
  }
  return { atMs: performance.now(), cpu, threads };
}

/**
 * Begins to measure a process and all that it has started, as the operating system counts.
 * @returns ends the measurement
 */
export function measureUsage(root: number): () => Usage {
  const before = read(root);
  return () => {
    const after = read(root);
    const seconds = (after.atMs - before.atMs) / 1000;
    const threads = [...after.threads]
      .map(([name, cpu]) => [name, (cpu - (before.threads.get(name) ?? 0)) / seconds] as const)
      .filter(([, cpu]) => cpu >= 0.001)
      .sort(([, a], [, b]) => b - a)
      .map(([name, cpu]) => [name, rounded(cpu)] as const);
    return {
      cpu: rounded((after.cpu - before.cpu) / seconds),
      threads: Object.fromEntries(threads),
    };
  };
}
