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

/**
 * As a part of all cores: beyond that pictures wait for a processor while on average there still is one. Cores that are two threads of
 * one (SMT) give less, too, the more of them are busy.
 */
const usableShare = 0.9;

/** Cores that rooms may take where nothing else is said: most of the machine's, or of what its container may use of them. */
export function usableCores(): number {
  let quota: number | null = null;
  try {
    quota = quotaOf(readFileSync('/sys/fs/cgroup/cpu.max', 'utf8'));
  } catch {
    // Another system, or no container.
  }
  return usableShare * Math.min(availableParallelism(), quota ?? Number.POSITIVE_INFINITY);
}
