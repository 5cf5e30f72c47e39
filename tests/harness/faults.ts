import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeDataDir } from './test-run.ts';

/** What can happen to a process: by a signal of the system, or by what it does itself. */
export const faults = [
  'SIGKILL',
  'SIGSTOP',
  'SIGSEGV',
  'SIGABRT',
  ...(['heap', 'memory', 'loop', 'abort'] as const),
] as const;
/** One of {@link faults}: `heap`: over V8's limit, `memory`: over ours, `loop`: the event loop stands still. */
export type Fault = (typeof faults)[number];

const script = fileURLToPath(new URL('faults.cjs', import.meta.url));

/** Lets faults happen to the processes of a server that was started with {@link Faults.environment}. */
export class Faults {
  readonly #folder = makeDataDir();

  /** What the server has to be started with. */
  get environment(): Record<string, string> {
    return {
      NODE_OPTIONS:
        `${process.env['NODE_OPTIONS'] ?? ''} --require ${JSON.stringify(script)}`.trim(),
      TEST_FAULTS: this.#folder,
    };
  }

  /** Lets one happen to a process. */
  strike(pid: number, fault: Fault): void {
    if (fault.startsWith('SIG')) {
      process.kill(pid, fault);
      return;
    }
    writeFileSync(join(this.#folder, String(pid)), fault);
    process.kill(pid, 'SIGUSR2');
  }

  /** Removes what it needed. */
  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
