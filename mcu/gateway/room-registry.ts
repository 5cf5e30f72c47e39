import type { Settings } from '../config/settings.ts';
import type { Logger } from '../log.ts';
import { OnegridError } from '../protocol/errors.ts';
import type { ClosedReason } from '../protocol/server.ts';
import { Metrics } from './metrics.ts';
import { Room } from './room.ts';
import type { RoomProcess, StartRoomProcess } from './room-process.ts';
import { SpareProcess } from './spare.ts';

/** All rooms of this server: made on the first join, forgotten when empty. */
export class RoomRegistry {
  readonly metrics: Metrics;
  readonly #settings: Settings;
  readonly #log: Logger;
  readonly #rooms = new Map<string, Room>();
  readonly #spare: SpareProcess;
  readonly #processes = new Set<RoomProcess>();

  constructor(settings: Settings, log: Logger, startProcess: StartRoomProcess) {
    this.#settings = settings;
    this.#log = log;
    this.#spare = new SpareProcess(startProcess);
    this.metrics = new Metrics({
      rooms: () => this.#rooms.size,
      participants: () => [...this.#rooms.values()].reduce((sum, room) => sum + room.size, 0),
    });
  }

  /**
   * The room of that name, opened if there is none.
   * @throws OnegridError `overloaded` when there are as many rooms as allowed
   */
  open(name: string): Room {
    const key = name.toLowerCase();
    const known = this.#rooms.get(key);
    if (known !== undefined) return known;
    if (this.#rooms.size >= this.#settings.maxRooms) {
      throw new OnegridError('overloaded', 'This server has as many rooms as it may have.');
    }
    const room = new Room(key, {
      settings: this.#settings,
      log: this.#log,
      takeProcess: () => {
        const process = this.#spare.take();
        this.#processes.add(process);
        return process;
      },
      metrics: (process, snapshot) => {
        this.metrics.update(process.pid, snapshot);
      },
      processEnded: (process, died) => {
        this.#processes.delete(process);
        this.metrics.retire(process.pid);
        if (died) this.metrics.restarts.inc();
      },
      closed: () => {
        if (this.#rooms.get(key) === room) this.#rooms.delete(key);
      },
    });
    this.#rooms.set(key, room);
    return room;
  }

  /** How many rooms are open. */
  get size(): number {
    return this.#rooms.size;
  }

  /** Closes every room and waits until their processes have gone. */
  async close(reason: ClosedReason): Promise<void> {
    for (const room of [...this.#rooms.values()]) room.close(reason);
    const ends = Array.from(this.#processes, (process) => process.end());
    await Promise.all([...ends, this.#spare.close()]);
  }
}
