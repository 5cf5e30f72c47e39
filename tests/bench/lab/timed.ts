import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** What a program took, in seconds. */
export interface Cost {
  /** Of the processor, user and system, the program's own children included. */
  readonly cpu: number;
  /** From start to end. */
  readonly wall: number;
}

/**
 * Runs a program to its end. The shell's `time` says what it took, from what the system kept count of (wait4), to 1 ms.
 * @throws Error with what the program said, if it failed
 */
export async function timed(program: string, args: readonly string[]): Promise<Cost> {
  // What the program says goes to 4, which is our 2; what `time` says goes to 3.
  const script = `TIMEFORMAT='%R %U %S'; { time "$@" 2>&4; } 4>&2 2>&3`;
  const child = spawn('bash', ['-c', script, 'bash', program, ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C' },
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  const [said, times, exitCode] = await Promise.all([
    text(child.stderr!),
    text(child.stdio[3] as NodeJS.ReadableStream),
    ended,
  ]);
  if (exitCode !== 0) throw new Error(`${program} failed: ${said.trim().slice(-2000)}`);
  const [wall, user, system] = times.trim().split(' ').map(Number);
  return { cpu: user! + system!, wall: wall! };
}
