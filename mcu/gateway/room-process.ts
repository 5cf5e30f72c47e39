import { fileURLToPath } from 'node:url';
import type { Settings } from '../config/settings.ts';
import { type RoomCommand, type RoomEvent, roomEventSchema } from '../protocol/ipc.ts';
import type { Logger } from '../log.ts';
import { type Child, startChild } from './child.ts';
import { setNiceness } from './priority.ts';
import type { Watchdog } from './watchdog.ts';

/** A room process as its gateway sees it. */
export interface RoomProcess extends Omit<Child<RoomCommand, RoomEvent>, 'gone'> {
  /** Ends the process: asks, and kills it if it has not gone after `graceMs`. */
  end(): Promise<void>;
}

/** Starts a room process. */
export type StartRoomProcess = () => RoomProcess;

/** Media cannot wait for other work on the machine. What loads native libraries ahead of any room can. */
const niceness = { open: -5, spare: 0 };

/**
 * V8 counts pictures as garbage of its old generation, though they are gone with the young one: at 9 people it went over
 * all of its heap three times a second, 5 to 10 ms each. With room for them it never has to, and keeps no more in memory.
 */
const initialHeapMebibytes = 128;

/** V8's part of what a room process may hold: it ends itself beyond that, though its event loop may not turn any more. */
const heapFlags = (memoryBytes: number): string[] => {
  const flags = [`--initial-old-space-size=${String(initialHeapMebibytes)}`];
  if (memoryBytes === 0) return flags;
  const mebibytes = Math.max(2 * initialHeapMebibytes, Math.floor(memoryBytes / 2 ** 21));
  return [...flags, `--max-old-space-size=${String(mebibytes)}`];
};

const entry = fileURLToPath(new URL('../room/main.js', import.meta.url));

/**
 * Forks a room process. All native media code runs there, so a crash of it ends one room's media and
 * never the gateway.
 * @param settings - what it may do
 * @param log - the gateway's log
 * @param watchdog - ends it where the gateway no longer can
 * @param graceMs - how long `end()` waits for the process to go by itself
 */
export function startRoomProcess(
  settings: Pick<Settings, 'hangMs' | 'roomMemoryBytes'>,
  log: Logger,
  watchdog?: Watchdog,
  graceMs = 3000,
): RoomProcess {
  const { hangMs, roomMemoryBytes: memoryBytes } = settings;
  const child = startChild<RoomCommand, RoomEvent>({
    entry,
    events: roomEventSchema,
    what: 'room',
    niceness: niceness.spare,
    nodeFlags: heapFlags(memoryBytes),
    log,
    limits: { hangMs, memoryBytes },
    watchdog,
  });
  return {
    ...child,
    send(command) {
      if (command.type === 'open') setNiceness(child.pid, niceness.open);
      child.send(command);
    },
    async end() {
      child.send({ type: 'close' });
      await child.gone(graceMs);
    },
  };
}
