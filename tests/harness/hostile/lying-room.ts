import { fileURLToPath } from 'node:url';
import type { Logger } from '../../../mcu/log.ts';
import { startChild } from '../../../mcu/gateway/child.ts';
import type { RoomProcess } from '../../../mcu/gateway/room-process.ts';
import { type RoomCommand, type RoomEvent, roomEventSchema } from '../../../mcu/protocol/ipc.ts';

const entry = fileURLToPath(new URL('lying-room.mjs', import.meta.url));

/**
 * Starts lying-room.mjs, watched as a room process is: it never says by itself that it lives.
 * @param log - the gateway's
 * @param told - of each message that the gateway takes it for
 */
export function startLyingRoom(log: Logger, told: (event: RoomEvent) => void): RoomProcess {
  const child = startChild<RoomCommand, RoomEvent>({
    entry,
    events: roomEventSchema,
    what: 'room',
    niceness: 0,
    log,
    limits: { hangMs: 600_000, memoryBytes: 0 },
  });
  return {
    ...child,
    attach(listener) {
      child.attach({
        ...listener,
        event: (event) => {
          told(event);
          listener.event(event);
        },
      });
    },
    async end() {
      child.send({ type: 'close' });
      await child.gone(3000);
    },
  };
}
