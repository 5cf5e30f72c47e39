import { readdirSync, readFileSync } from 'node:fs';

/** Length of one of the ticks that Linux counts processor time in, in seconds (USER_HZ, the same on all machines we know). */
const tickSeconds = 0.01;

/** The fields of a `stat` file of proc(5) behind the name, which may hold spaces; the first is field 3. */
function statFields(path: string): { name: string; fields: string[] } {
  const stat = readFileSync(path, 'utf8');
  const end = stat.lastIndexOf(')');
  return { name: stat.slice(stat.indexOf('(') + 1, end), fields: stat.slice(end + 2).split(' ') };
}

/** Sum of some fields, counted from 1 as proc(5) does, in seconds. */
const secondsOf = (fields: readonly string[], numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + Number(fields[number - 3]), 0) * tickSeconds;

/**
 * Processor seconds, user and system, that a process has used, all its threads included; to 10 ms.
 * @throws Error if there is no such process
 */
export const cpuSeconds = (pid: number): number =>
  secondsOf(statFields(`/proc/${pid}/stat`).fields, [14, 15]);

/** The same with all children that it has waited for (those that still run are not in it). */
export const cpuSecondsWithChildren = (pid: number): number =>
  secondsOf(statFields(`/proc/${pid}/stat`).fields, [14, 15, 16, 17]);

/** Processor seconds by the name of the thread; threads of one name are one entry. Threads that have ended are not in it. */
export function cpuSecondsByThread(pid: number): Map<string, number> {
  const sums = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      const { name, fields } = statFields(`/proc/${pid}/task/${thread}/stat`);
      sums.set(name, (sums.get(name) ?? 0) + secondsOf(fields, [14, 15]));
    } catch {
      // It ended while we looked.
    }
  }
  return sums;
}

/** A process and everything it has started that runs, and what those have. */
export function processTree(pid: number): number[] {
  let children: number[] = [];
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    children = text.split(' ').filter(Boolean).map(Number);
  } catch {
    // It ended while we looked.
  }
  return [pid, ...children.flatMap(processTree)];
}

/** What a process holds. */
export interface Holdings {
  /** Resident memory, bytes. */
  readonly residentBytes: number;
  readonly threads: number;
  /** Open file descriptors. */
  readonly descriptors: number;
}

/** What a process holds now. @throws Error if there is no such process */
export function holdingsOf(pid: number): Holdings {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return {
    residentBytes: field('VmRSS') * 1024,
    threads: field('Threads'),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
  };
}
