import { readdirSync, readFileSync } from 'node:fs';

/** Length of one of the ticks that Linux counts processor time in, in seconds (USER_HZ, the same on all machines we know). */
const tickSeconds = 0.01;

/** The fields of a process' `stat` file, proc(5), behind its name, which may hold spaces; the first is field 3. */
function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Sum of some fields, counted from 1 as proc(5) does, in seconds. */
const secondsOf = (fields: readonly string[], numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + Number(fields[number - 3]), 0) * tickSeconds;

/**
 * Processor seconds, user and system, that a process has used, all its threads included; to 10 ms.
 * @throws Error if there is no such process
 */
export const cpuSeconds = (pid: number): number => secondsOf(statFields(pid), [14, 15]);

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
