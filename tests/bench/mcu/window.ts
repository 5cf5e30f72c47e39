import { readdirSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { cpuSeconds, processTree } from '../lab/process-cpu.ts';
import { rounded } from '../lab/statistics.ts';

/** What a server's processes used in a window of time. */
export const usageSchema = z.strictObject({
  /** CPU seconds per second. */
  cpu: z.number(),
  /** The same by process and thread; threads of one name are one, those that used less than 0.1 % are left out. */
  threads: z.record(z.string(), z.number()),
});

/** See {@link usageSchema}. */
export type Usage = z.infer<typeof usageSchema>;

/** Length of one of the ticks that Linux counts processor time in, in seconds. */
const tickSeconds = 0.01;

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
      addThreads(pid, threads);
    } catch {
      // It ended while we looked.
    }
  }
  return { atMs: performance.now(), cpu, threads };
}

/** Adds what each thread of a process has used. Node's main thread and those of its pool have one name (proc(5)). */
function addThreads(pid: number, sums: Map<string, number>): void {
  const isRoom = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('/room/main');
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const stat = textOf(`/proc/${pid}/task/${thread}/stat`);
    if (stat === null) continue;
    const end = stat.lastIndexOf(')');
    const name = thread === String(pid) ? 'main thread' : stat.slice(stat.indexOf('(') + 1, end);
    const fields = stat.slice(end + 2).split(' ');
    const seconds = (Number(fields[11]) + Number(fields[12])) * tickSeconds;
    const key = `${isRoom ? 'room' : 'first'} process, ${name}`;
    sums.set(key, (sums.get(key) ?? 0) + seconds);
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The thread ended while we looked.
    return null;
  }
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
