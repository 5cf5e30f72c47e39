import type { Settings } from '../config/settings.ts';
import type { Logger } from '../log.ts';
import type { ClientMessage } from '../protocol/client.ts';
import { OnegridError } from '../protocol/errors.ts';
import type { ClosedReason } from '../protocol/server.ts';
import type { Metrics } from './metrics.ts';
import { portsPerParticipant } from './ports-per-participant.ts';
import { Room } from './room.ts';
import type { Connection } from './room-context.ts';
import type { OutputServices } from './room-outputs.ts';
import type { RoomProcess, StartRoomProcess } from './room-process.ts';
import { SpareProcess } from './spare.ts';
import { expired, type Pass } from './tokens/door.ts';

type JoinMessage = Extract<ClientMessage, { type: 'join' }>;

/** Somebody in a room. */
export interface Stay {
  readonly room: Room;
  readonly participantId: string;
}

/** All rooms of this server: made on the first join, forgotten when empty. */
export class RoomRegistry {
  readonly metrics: Metrics;
  readonly #outputs: OutputServices;
  readonly #settings: Settings;
  readonly #log: Logger;
  readonly #rooms = new Map<string, Room>();
  readonly #spare: SpareProcess;
  readonly #processes = new Set<RoomProcess>();
  #closing = false;

  constructor(outputs: OutputServices, metrics: Metrics, startProcess: StartRoomProcess) {
    this.#outputs = outputs;
    this.#settings = outputs.settings;
    this.#log = outputs.log;
    this.#spare = new SpareProcess(startProcess);
    this.metrics = metrics;
    metrics.gauge('onegrid_rooms', 'Rooms open now.', () => this.#rooms.size);
    metrics.gauge('onegrid_participants', 'Participants in all rooms.', () => this.#participants);
    metrics.gauge('onegrid_streams_active', 'Restreams (RTMP, SRT) of all rooms.', () =>
      this.all.reduce((sum, room) => sum + room.outputs.streamStates.length, 0),
    );
    metrics.gauges('onegrid_streams', 'Restreams by how their connection is.', 'state', () => {
      const counts = { connecting: 0, active: 0, retrying: 0 };
      for (const state of this.all.flatMap((room) => room.outputs.streamStates)) counts[state] += 1;
      return counts;
    });
  }

  /**
   * Lets somebody in, or go on where they were; the room is opened if there is none.
   * @param pass - what their token says they may be
   * @throws OnegridError `unauthorized` where it has expired; `room-full`; `overloaded` when there are as many rooms as allowed, or no ports for one more participant
   */
  join(message: JoinMessage, connection: Connection, pass: Pass): Stay {
    const known = this.#rooms.get(message.room.toLowerCase());
    const resumed = known?.resume(message, connection, pass);
    const { joins } = this.metrics.gateway;
    if (known !== undefined && resumed !== undefined) {
      joins.inc({ kind: 'resumed' });
      return { room: known, participantId: resumed };
    }
    if (pass.isExpired) throw expired();
    this.#checkPorts();
    const room = known ?? this.#open(message.room.toLowerCase());
    const participantId = room.join(message, connection, pass);
    joins.inc({ kind: 'new' });
    return { room, participantId };
  }

  #checkPorts(): void {
    const { udpPorts } = this.#settings;
    if (this.#closing) throw new OnegridError('overloaded', 'This server is about to stop.');
    // libdatachannel ends its process when it finds no port.
    const ports = udpPorts === undefined ? Infinity : udpPorts.maximum - udpPorts.minimum + 1;
    if ((this.#participants + 1) * portsPerParticipant > ports) {
      throw new OnegridError('overloaded', 'This server has no media ports left.');
    }
  }

  #open(key: string): Room {
    const { maxRooms } = this.#settings;
    if (this.#rooms.size >= maxRooms) {
      throw new OnegridError('overloaded', 'This server has as many rooms as it may have.');
    }
    const room = new Room(key, {
      settings: this.#settings,
      log: this.#log,
      outputs: this.#outputs,
      checkPorts: () => {
        this.#checkPorts();
      },
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

  /** The rooms that are open. */
  get all(): Room[] {
    return [...this.#rooms.values()];
  }

  /**
   * The open room of that name.
   * @throws OnegridError `not-found`
   */
  get(name: string): Room {
    const room = this.#rooms.get(name.toLowerCase());
    if (room === undefined) throw new OnegridError('not-found', 'There is no such room.');
    return room;
  }

  /** No room is opened any more, and nobody let in. */
  drain(): void {
    this.#closing = true;
  }

  /** Whether another room could be opened. */
  get isReady(): boolean {
    return !this.#closing && this.#rooms.size < this.#settings.maxRooms;
  }

  get #participants(): number {
    return this.all.reduce((sum, room) => sum + room.size, 0);
  }

  /** Closes every room and waits until their processes have gone. */
  async close(reason: ClosedReason): Promise<void> {
    this.#closing = true;
    for (const room of this.all) room.close(reason);
    const ends = Array.from(this.#processes, (process) => process.end());
    await Promise.all([...ends, this.#spare.close()]);
  }
}
