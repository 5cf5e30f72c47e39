import { fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type RoomCommand, type RoomEvent, roomEventSchema } from '../protocol/ipc.ts';
import type { Logger } from '../log.ts';

/** A room process as its gateway sees it. */
export interface RoomProcess {
  /** The operating system's process id. */
  readonly pid: number;
  /** Sends a command; does nothing once the process has ended. */
  send(command: RoomCommand): void;
  /** From now on `event` gets what the process reports, and `ended` is called when it is gone. */
  attach(listener: { event: (event: RoomEvent) => void; ended: (why: string) => void }): void;
  /** Ends the process at once: it does not react any more. */
  kill(): void;
  /** Ends the process: asks, and kills it if it has not gone after `graceMs`. */
  end(): Promise<void>;
}

/** Starts a room process. */
export type StartRoomProcess = () => RoomProcess;

/** Media cannot wait for other work on the machine. */
const roomNiceness = -5;

/**
 * V8 counts pictures as garbage of its old generation, though they are gone with the young one: at 9 people it went over
 * all of its heap three times a second, 5 to 10 ms each. With room for them it never has to, and keeps no more in memory.
 */
const heapFlags = ['--initial-old-space-size=128'];

/**
 * glibc gives threads heaps of their own, up to eight for each core, and keeps in each what it freed: with the threads of a
 * room that was 15 MB more and grew for longer as people came and went. Two cost no more processor time. Others do not read it.
 */
const allocator = { MALLOC_ARENA_MAX: '2' };

const entry = fileURLToPath(new URL('../room/main.js', import.meta.url));

/**
 * Forks a room process. All native media code runs there, so a crash of it ends one room's media and
 * never the gateway.
 * @param log - the gateway's log
 * @param graceMs - how long `end()` waits for the process to go by itself
 */
export function startRoomProcess(log: Logger, graceMs = 3000): RoomProcess {
  const child = fork(entry, {
    serialization: 'json',
    execArgv: heapFlags,
    // What an operator has set stays.
    env: { ...allocator, ...process.env },
  });
  const pid = child.pid ?? -1;
  try {
    // At once: threads have the niceness of the one that starts them.
    setPriority(pid, roomNiceness);
  } catch {
    // Not allowed (or not started at all): at the gateway's priority, then.
  }
  let listener: Parameters<RoomProcess['attach']>[0] | undefined;
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
    const event = roomEventSchema.safeParse(message);
    if (!event.success) log.error({ roomPid: pid, issues: event.error.issues }, 'bad room event');
    else listener?.event(event.data);
  });

  return {
    pid,
    send(command) {
      if (why !== undefined || !child.connected) return;
      child.send(command, (error) => {
        if (error !== null) log.debug({ roomPid: pid, err: error }, 'room process not reachable');
      });
    },
    attach(next) {
      listener = next;
      if (why !== undefined) next.ended(why);
    },
    kill() {
      child.kill('SIGKILL');
    },
    async end() {
      if (why === undefined) {
        this.send({ type: 'close' });
        const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
        await gone;
        clearTimeout(timer);
      }
    },
  };
}
