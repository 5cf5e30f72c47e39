import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../../bin/onegrid.mjs', import.meta.url));

/** `onegrid load` in a process of its own, until it is ended. */
export class SyntheticLoad {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown[]>;

  /** Lets so many join a room. */
  constructor(url: string, room: string, participants: number) {
    const args = ['load', '--url', url, '--room', room, '--duration', '0', '--quiet'];
    this.#child = spawn(
      process.execPath,
      [launcher, ...args, '--participants', String(participants)],
      {
        stdio: 'ignore',
      },
    );
    this.#ended = once(this.#child, 'exit');
  }

  /** Lets all leave. */
  async stop(): Promise<void> {
    this.#child.kill('SIGINT');
    await this.#ended;
  }
}
