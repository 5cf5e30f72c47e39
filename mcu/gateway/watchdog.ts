import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Logger } from '../log.ts';
import { within } from './within.ts';

/** When the gateway is gone, processes have so long to end by themselves; whole seconds. */
const graceSeconds = 4;
/** It has nothing to do when the gateway ends as it should. */
const patienceMs = 1000;
/** Another one follows one that was killed, after a while. */
const restartMs = 1000;

/**
 * Reads lists of process ids, a line each, and remembers the last one. When there is no more to read, the gateway is gone:
 * whoever is left of the list, or was started by those on it, is killed. A shell takes a megabyte; Node would take forty.
 */
const script = `
trap '' HUP INT TERM USR1 USR2
all=
while read -r line; do all=$line; done
children() { cat /proc/"$1"/task/*/children 2>/dev/null || pgrep -P "$1" 2>/dev/null; }
for pid in $all; do all="$all $(children "$pid")"; done
living() { for pid; do kill -0 "$pid" 2>/dev/null && printf '%s ' "$pid"; done; }
all=$(living $all)
waited=0
while [ -n "$all" ] && [ "$waited" -lt ${String(graceSeconds)} ]; do
  sleep 1
  waited=$((waited + 1))
  all=$(living $all)
done
for pid in $all; do kill -9 "$pid" 2>/dev/null; done
exit 0
`;

/**
 * Ends what the gateway has started when the gateway itself was killed: a process that is stopped, or hangs in native code,
 * never learns of it. It is a process of its own, which nothing but the end of the gateway ends. On Windows the operating system
 * does the same.
 */
export class Watchdog {
  readonly #log: Logger;
  readonly #watched = new Set<number>();
  #dog: ChildProcess | undefined;
  #restart: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** A process is not to outlive the gateway. */
  watch(pid: number): void {
    this.#watched.add(pid);
    this.#tell();
  }

  /** It has ended. */
  forget(pid: number): void {
    if (this.#watched.delete(pid)) this.#tell();
  }

  /** Nothing is watched any more; resolves when the watchdog is gone. May be called twice. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restart);
    this.#watched.clear();
    const dog = this.#dog;
    this.#dog = undefined;
    if (dog === undefined) return;
    const gone = once(dog, 'exit');
    dog.stdin?.end('\n');
    await within(patienceMs, gone);
  }

  #tell(): void {
    if (this.#closed || process.platform === 'win32') return;
    if (this.#dog === undefined && this.#restart === undefined) this.#dog = this.#start();
    this.#dog?.stdin?.write(`${[...this.#watched].join(' ')}\n`);
  }

  #start(): ChildProcess {
    // In a session of its own: what ends the whole process group is not to end it first.
    const dog = spawn('/bin/sh', ['-c', script, 'onegrid-watchdog'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      cwd: '/',
    });
    dog.unref();
    const lost = (error?: Error): void => {
      if (this.#dog !== dog) return;
      this.#dog = undefined;
      if (this.#closed) return;
      this.#log.error({ err: error }, 'watchdog ended');
      this.#restart = setTimeout(() => {
        this.#restart = undefined;
        this.#tell();
      }, restartMs);
    };
    dog.once('error', lost);
    dog.once('exit', () => {
      lost();
    });
    dog.stdin.on('error', () => undefined);
    return dog;
  }
}
