import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A process that can be told from a later one with the same number. */
export const processIdentitySchema = z.object({
  pid: z.number().int().positive(),
  /** When it was started, in whatever words the system has; null where it has none. */
  started: z.string().nullable(),
});
/** A process that can be told from a later one with the same number. */
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

/** What a process is known by; null when there is none of that number. */
export function identityOf(pid: number): ProcessIdentity | null {
  if (pid <= 0 || !exists(pid)) return null;
  return { pid, started: startOf(pid) };
}

/** Whether a process still runs; false when its number belongs to another one by now. */
export function isRunning({ pid, started }: ProcessIdentity): boolean {
  const now = identityOf(pid);
  return now !== null && (started === null || now.started === started);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether a process is stopped (SIGSTOP, SIGTSTP) until somebody lets it go on; false where the system does not tell. */
export function isStopped(pid: number): boolean {
  try {
    return process.platform === 'linux' && statOf(pid)[0] === 'T';
  } catch {
    return false;
  }
}

/** What Linux tells of a process, from its state on, see proc(5). */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  // The command, in parentheses, may hold anything.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function startOf(pid: number): string | null {
  try {
    if (process.platform === 'linux') {
      const fields = statOf(pid);
      if (fields[0] === 'Z') return 'ended';
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      // In ticks since boot.
      return `${boot} ${fields[19] ?? ''}`;
    }
    if (process.platform === 'win32') return null;
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}
