import { readdirSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Where the machine has no memory left, one of these is to go and not the gateway (proc(5), oom_score_adj). */
const oomScore = '300';

/**
 * Gives a whole process a niceness (nice(1)), where the operating system lets us. On Linux each thread has its own, and takes that
 * of the thread that starts it (setpriority(2), NOTES).
 */
export function setNiceness(pid: number, niceness: number): void {
  for (const thread of threadsOf(pid)) {
    try {
      setPriority(thread, niceness);
    } catch {
      // Not allowed, or gone already: as it is, then.
    }
  }
}

function threadsOf(pid: number): number[] {
  if (process.platform !== 'linux') return [pid];
  try {
    return readdirSync(`/proc/${String(pid)}/task`).map(Number);
  } catch {
    return [pid];
  }
}

/** Has the operating system end this process before others where memory runs out. */
export function letGoFirst(pid: number): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync(`/proc/${String(pid)}/oom_score_adj`, oomScore);
  } catch {
    // Gone already, or a file system that is locked down.
  }
}
