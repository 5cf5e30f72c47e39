import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * What a container may use, in cores.
 * @param text - of `cpu.max` (Linux, control groups v2): microseconds of processor time, or `max`, in so many microseconds
 * @returns null where there is no limit
 */
export function quotaOf(text: string): number | null {
  const [, quota, period] = /^(\d+) (\d+)\s*$/.exec(text) ?? [];
  const cores = Number(quota) / Number(period);
  return cores > 0 && Number.isFinite(cores) ? cores : null;
}

/** Cores that this process may use: those of the machine, or what its container may use of them. */
export function machineCores(): number {
  let quota: number | null = null;
  try {
    quota = quotaOf(readFileSync('/sys/fs/cgroup/cpu.max', 'utf8'));
  } catch {
    // Another system, or no container.
  }
  return Math.min(availableParallelism(), quota ?? Number.POSITIVE_INFINITY);
}
