import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

/** Named pipes with somebody at their other end, for programs that read raw pictures and write them. */
export class Plumbing {
  readonly #folder: string;
  readonly #paths: string[] = [];
  readonly #inputs: ChildProcess[] = [];
  readonly #outputs: ChildProcess[] = [];

  /** @param folder - where the pipes are made */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A pipe that a file comes out of, several times over. */
  from(file: string, times: number): string {
    const path = this.#pipe();
    // Opened both ways: GStreamer looks into a pipe, lets go and comes back, which would end a mere writer.
    const script = 'exec 3<>"$1"; exec cat "${@:2}" >&3 3>&-';
    this.#inputs.push(start(script, [path, ...Array<string>(times).fill(file)]));
    return path;
  }

  /** A pipe whose content goes to a file, or nowhere. */
  to(file: string | null): string {
    const path = this.#pipe();
    this.#outputs.push(start('exec cat "$1" > "$2"', [path, file ?? '/dev/null']));
    return path;
  }

  /**
   * To be called when the program has ended: waits until what it wrote has gone through, and removes the pipes.
   * @param failed - whether it may never have opened its output
   */
  async close(failed: boolean): Promise<void> {
    for (const child of failed ? [...this.#inputs, ...this.#outputs] : this.#inputs) child.kill();
    await Promise.all([...this.#inputs, ...this.#outputs].map(ended));
    for (const path of this.#paths) rmSync(path);
  }

  #pipe(): string {
    const path = join(this.#folder, `pipe-${this.#paths.length}`);
    execFileSync('mkfifo', [path]);
    this.#paths.push(path);
    return path;
  }
}

const start = (script: string, args: readonly string[]): ChildProcess =>
  spawn('bash', ['-c', script, 'bash', ...args], { stdio: 'ignore' });

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
