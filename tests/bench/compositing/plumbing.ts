import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

/** Named pipes with somebody at their other end, for programs that read raw pictures and write them. */
export class Plumbing {
  readonly #folder: string;
  readonly #paths: string[] = [];
  readonly #ends: ChildProcess[] = [];

  /** @param folder - where the pipes are made */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A pipe that a file comes out of, several times over. */
  from(file: string, times: number): string {
    const path = this.#pipe();
    this.#end('exec cat "${@:2}" > "$1"', [path, ...Array<string>(times).fill(file)]);
    return path;
  }

  /** A pipe whose content goes to a file, or nowhere. */
  to(file: string | null): string {
    const path = this.#pipe();
    this.#end('exec cat "$1" > "$2"', [path, file ?? '/dev/null']);
    return path;
  }

  /** Waits until all has gone through, and removes the pipes; where the program failed (`abandoned`) nothing more will. */
  async close(abandoned: boolean): Promise<void> {
    for (const end of this.#ends) if (abandoned) end.kill();
    await Promise.all(
      this.#ends.map((end) =>
        end.exitCode === null && end.signalCode === null ? once(end, 'close') : null,
      ),
    );
    for (const path of this.#paths) rmSync(path);
  }

  #pipe(): string {
    const path = join(this.#folder, `pipe-${this.#paths.length}`);
    execFileSync('mkfifo', [path]);
    this.#paths.push(path);
    return path;
  }

  #end(script: string, args: readonly string[]): void {
    this.#ends.push(spawn('bash', ['-c', script, 'bash', ...args], { stdio: 'ignore' }));
  }
}
