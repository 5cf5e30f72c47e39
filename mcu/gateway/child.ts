import { fork } from 'node:child_process';
import { setPriority } from 'node:os';
import type { z } from 'zod';
import type { Logger } from '../log.ts';

/** A process of ours with typed messages both ways. */
export interface Child<Command, Event> {
  /** The operating system's process id; -1 where it did not start. */
  readonly pid: number;
  /** Sends a command; does nothing once the process has ended. */
  send(command: Command): void;
  /** From now on `event` gets what the process reports, and `ended` is called when it is gone. */
  attach(listener: { event: (event: Event) => void; ended: (why: string) => void }): void;
  /** Ends the process at once. */
  kill(): void;
  /** Resolves when the process is gone; after `graceMs` it is killed. */
  gone(graceMs: number): Promise<void>;
}

/** How a {@link Child} is started. */
export interface ChildOptions<Event> {
  /** The script. */
  readonly entry: string;
  /** Reads what the process says. */
  readonly events: z.ZodType<Event>;
  /** In log lines: `room`, `output`. */
  readonly what: 'room' | 'output';
  /** As of nice(1), where the operating system allows it. */
  readonly niceness: number;
  /** Flags of Node. */
  readonly nodeFlags?: string[];
  readonly log: Logger;
}

/**
 * glibc gives threads heaps of their own, up to eight for each core, and keeps in each what it freed: with the threads of a
 * room that was 15 MB more and grew for longer as people came and went. Two cost no more processor time. Others do not read it.
 */
const allocator = { MALLOC_ARENA_MAX: '2' };

/** Forks a process that loads native code, so that a crash of it is not the gateway's. */
export function startChild<Command extends object, Event>(
  options: ChildOptions<Event>,
): Child<Command, Event> {
  const { log, what } = options;
  const child = fork(options.entry, {
    serialization: 'json',
    execArgv: options.nodeFlags ?? [],
    // What an operator has set stays.
    env: { ...allocator, ...process.env },
  });
  const pid = child.pid ?? -1;
  const fields = { [`${what}Pid`]: pid };
  try {
    // At once: threads have the niceness of the one that starts them.
    setPriority(pid, options.niceness);
  } catch {
    // Not allowed (or not started at all): at the gateway's priority, then.
  }
  let listener: Parameters<Child<Command, Event>['attach']>[0] | undefined;
  let why: string | undefined;

  const gone = new Promise<void>((resolve) => {
    const finish = (reason: string): void => {
      if (why !== undefined) return;
      why = reason;
      resolve();
      listener?.ended(reason);
    };
    child.once('exit', (code, signal) => {
      finish(signal ?? `exit code ${String(code)}`);
    });
    child.once('error', (error) => {
      finish(error.message);
    });
  });
  child.on('message', (message) => {
    const event = options.events.safeParse(message);
    if (event.success) listener?.event(event.data);
    else log.error({ ...fields, issues: event.error.issues }, `bad ${what} event`);
  });

  return {
    pid,
    send(command) {
      if (why !== undefined || !child.connected) return;
      child.send(command, (error) => {
        if (error !== null) log.debug({ ...fields, err: error }, `${what} process not reachable`);
      });
    },
    attach(next) {
      listener = next;
      if (why !== undefined) next.ended(why);
    },
    kill() {
      child.kill('SIGKILL');
    },
    async gone(graceMs) {
      if (why !== undefined) return;
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await gone;
      clearTimeout(timer);
    },
  };
}
