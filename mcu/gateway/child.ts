import { type ChildProcess, fork } from 'node:child_process';
import type { z } from 'zod';
import type { Logger } from '../log.ts';
import { pulseSchema } from '../protocol/pulse.ts';
import { type Death, deathOf } from './death.ts';
import { isStopped } from './outputs/process-identity.ts';
import { letGoFirst, setNiceness } from './priority.ts';
import { type PulseLimits, PulseWatch } from './pulse-watch.ts';
import type { Watchdog } from './watchdog.ts';
import { within } from './within.ts';

/** A process of ours with typed messages both ways. */
export interface Child<Command, Event> {
  /** The operating system's process id; -1 where it did not start. */
  readonly pid: number;
  /** Sends a command; does nothing once the process has ended. */
  send(command: Command): void;
  /** From now on `event` gets what the process reports, and `ended` is called when it is gone. */
  attach(listener: { event: (event: Event) => void; ended: (death: Death) => void }): void;
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
  /** What it may do; else it is ended. */
  readonly limits: PulseLimits;
  /** Ends the process where the gateway no longer can. */
  readonly watchdog?: Watchdog | undefined;
}

/**
 * glibc gives threads heaps of their own, up to eight for each core, and keeps in each what it freed: with the threads of a
 * room that was 15 MB more and grew for longer as people came and went. Two cost no more processor time. Others do not read it.
 */
const allocator = { MALLOC_ARENA_MAX: '2' };

/** The last words of a crash come on standard error, and the process's end may be told first. */
const lastWordsMs = 300;
const lastWordsLength = 4096;

/** Forks a process that loads native code, so that a crash of it is not the gateway's. */
export function startChild<Command extends object, Event>(
  options: ChildOptions<Event>,
): Child<Command, Event> {
  const { log, what, watchdog } = options;
  const child = fork(options.entry, {
    serialization: 'json',
    execArgv: options.nodeFlags ?? [],
    // What an operator has set stays.
    env: { ...allocator, ...process.env },
    stdio: ['inherit', 'inherit', 'pipe', 'ipc'],
  });
  const pid = child.pid ?? -1;
  const fields = { [`${what}Pid`]: pid };
  if (pid > 0) {
    setNiceness(pid, options.niceness);
    letGoFirst(pid);
    watchdog?.watch(pid);
  }
  let listener: Parameters<Child<Command, Event>['attach']>[0] | undefined;
  /** Why it was killed from here. */
  let verdict: Death | undefined;
  let death: Death | undefined;
  const condemn = (found: Death): void => {
    log.error({ ...fields, ...found }, `${what} process ${wordsFor[found.cause]}`);
    verdict = found;
    child.kill('SIGKILL');
  };
  const watch = new PulseWatch(
    options.limits,
    {
      hangs: (silentMs) => {
        const why = `${isStopped(pid) ? 'stopped, ' : ''}no sign of life for ${silentMs.toFixed(0)} ms`;
        condemn({ cause: 'hang', why });
      },
      isTooLarge: (bytes) => {
        condemn({ cause: 'memory', why: `${String(bytes)} bytes of memory` });
      },
    },
    () => isStopped(pid),
  );

  const gone = new Promise<void>((resolve) => {
    const finish = (found: Death): void => {
      if (death !== undefined) return;
      death = verdict ?? found;
      watch.close();
      watchdog?.forget(pid);
      resolve();
      listener?.ended(death);
    };
    const lastWords = keepLastWords(child);
    child.once('exit', (code, signal) => {
      lastWords(signal).then(
        (words) => {
          finish(deathOf(code, signal, words));
        },
        () => undefined,
      );
    });
    child.once('error', (error) => {
      finish({ cause: 'exit', why: error.message });
    });
  });
  let bad = 0;
  child.on('message', (message) => {
    const pulse = pulseSchema.safeParse(message);
    if (pulse.success) {
      watch.pulse(pulse.data.residentBytes);
      return;
    }
    const event = options.events.safeParse(message);
    if (event.success) {
      listener?.event(event.data);
      return;
    }
    bad += 1;
    // The first, the tenth, the hundredth: a process that has gone wrong must not fill the disk.
    if (Number.isInteger(Math.log10(bad)))
      log.error({ ...fields, bad, issues: event.error.issues }, `bad ${what} event`);
  });

  return {
    pid,
    send(command) {
      if (death !== undefined || !child.connected) return;
      child.send(command, (error) => {
        if (error !== null) log.debug({ ...fields, err: error }, `${what} process not reachable`);
      });
    },
    attach(next) {
      listener = next;
      if (death !== undefined) next.ended(death);
    },
    kill() {
      child.kill('SIGKILL');
    },
    async gone(graceMs) {
      if (death !== undefined) return;
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await gone;
      clearTimeout(timer);
    },
  };
}

const wordsFor = { hang: 'hangs', memory: 'is too large', signal: 'died', exit: 'died' } as const;

/**
 * Passes a process's standard error on and keeps its end.
 * @returns waits for the rest of it, where the process crashed, but not for long
 */
function keepLastWords(child: ChildProcess): (signal: string | null) => Promise<string> {
  let words = '';
  child.stderr?.on('data', (text: Buffer) => {
    process.stderr.write(text);
    words = (words + text.toString()).slice(-lastWordsLength);
  });
  const ended = new Promise<void>((resolve) => child.once('close', resolve));
  return async (signal) => {
    // Nobody speaks who was killed.
    if (signal !== null && signal !== 'SIGKILL') await within(lastWordsMs, ended);
    return words;
  };
}
