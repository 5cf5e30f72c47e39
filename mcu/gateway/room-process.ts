import { fileURLToPath } from 'node:url';
import { type RoomCommand, type RoomEvent, roomEventSchema } from '../protocol/ipc.ts';
import type { Logger } from '../log.ts';
import { type Child, startChild } from './child.ts';

/** A room process as its gateway sees it. */
export interface RoomProcess extends Omit<Child<RoomCommand, RoomEvent>, 'gone'> {
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

const entry = fileURLToPath(new URL('../room/main.js', import.meta.url));

/**
 * Forks a room process. All native media code runs there, so a crash of it ends one room's media and
 * never the gateway.
 * @param log - the gateway's log
 * @param graceMs - how long `end()` waits for the process to go by itself
 */
export function startRoomProcess(log: Logger, graceMs = 3000): RoomProcess {
  const child = startChild<RoomCommand, RoomEvent>({
    entry,
    events: roomEventSchema,
    what: 'room',
    niceness: roomNiceness,
    nodeFlags: heapFlags,
    log,
  });
  return {
    ...child,
    async end() {
      child.send({ type: 'close' });
      await child.gone(graceMs);
    },
  };
}
