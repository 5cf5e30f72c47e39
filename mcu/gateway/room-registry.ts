import { admissionGauges } from './admission/gauges.ts';
import { Admission, type Newcomer } from './admission/admission.ts';
import { newcomerCost, roomCost } from './admission/cost.ts';
import { usableCores } from './admission/machine-cores.ts';
import type { Settings } from '../config/settings.ts';
import type { Logger } from '../log.ts';
import type { ClientMessage } from '../protocol/client.ts';
import { OnegridError } from '../protocol/errors.ts';
import type { ClosedReason } from '../protocol/server.ts';
import type { Metrics } from './metrics.ts';
import { portsPerParticipant } from './ports-per-participant.ts';
import { Room } from './room.ts';
import type { ClosingMessage, Connection } from './room-context.ts';
import type { OutputServices } from './room-outputs.ts';
import type { RoomProcess, StartRoomProcess } from './room-process.ts';
import { SpareProcesses } from './spare-processes.ts';
import { expired, type Pass } from './tokens/door.ts';

type JoinMessage = Extract<ClientMessage, { type: 'join' }>;

type Phase =
  | { readonly name: 'open' }
  /** Rooms that are open may go on until then: milliseconds of Unix time. */
  | { readonly name: 'draining'; readonly untilMs: number; readonly empty: () => void }
  /** Nobody is let in any more. */
  | { readonly name: 'closing' };

const aboutToStop = (): OnegridError =>
  new OnegridError('overloaded', 'This server is about to stop.');

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
  readonly #spares: SpareProcesses;
  readonly #processes = new Set<RoomProcess>();
  readonly #admission: Admission;
  #phase: Phase = { name: 'open' };

  constructor(outputs: OutputServices, metrics: Metrics, startProcess: StartRoomProcess) {
    this.#outputs = outputs;
    this.#settings = outputs.settings;
    this.#log = outputs.log;
    this.metrics = metrics;
    this.#admission = new Admission({
      budget: this.#settings.cpuBudget ?? usableCores(),
      ownCpuSeconds: () => {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1e6;
      },
      now: () => performance.now(),
    });
    admissionGauges(metrics, this.#admission);
    this.#spares = new SpareProcesses(startProcess, this.#settings.spareRooms, ({ pid }, death) => {
      this.#log.error({ roomPid: pid, ...death }, 'spare process died');
      metrics.deaths.inc({ process: 'room', cause: death.cause });
    });
    metrics.gauge('onegrid_rooms', 'Rooms open now.', () => this.#rooms.size);
    metrics.gauge('onegrid_participants', 'Participants in all rooms.', () => this.#participants);
    metrics.gauge('onegrid_draining', 'Whether the server is about to stop: 1, or 0.', () =>
      this.#phase.name === 'open' ? 0 : 1,
    );
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
    const newcomer = this.#newcomer(known === undefined);
    if (!this.#admission.hasTimeFor(newcomer)) {
      throw new OnegridError('overloaded', 'This server has no processor time left for more.');
    }
    const room = known ?? this.#open(message.room.toLowerCase());
    const participantId = room.join(message, connection, pass);
    this.#admission.admit(newcomer);
    joins.inc({ kind: 'new' });
    return { room, participantId };
  }

  #newcomer(opens: boolean): Newcomer {
    if (!opens) return { opens, cores: newcomerCost };
    const { canvas, fps, rungs } = this.#settings;
    // Most watch the best there is.
    const best = rungs.slice(0, 1).map((rung) => ({ rung, codec: 'h264' as const }));
    return { opens, cores: roomCost({ participants: 1, canvas, fps, rungs: best }) };
  }

  #checkPorts(): void {
    const { udpPorts } = this.#settings;
    if (this.#phase.name === 'closing') throw aboutToStop();
    // libdatachannel ends its process when it finds no port.
    const ports = udpPorts === undefined ? Infinity : udpPorts.maximum - udpPorts.minimum + 1;
    if ((this.#participants + 1) * portsPerParticipant > ports) {
      throw new OnegridError('overloaded', 'This server has no media ports left.');
    }
  }

  #open(key: string): Room {
    const { maxRooms } = this.#settings;
    if (this.#phase.name !== 'open') throw aboutToStop();
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
      closing: () => this.#closing,
      takeProcess: (purpose) => {
        const process = this.#spares.take(purpose);
        this.#processes.add(process);
        return process;
      },
      metrics: (process, snapshot, load) => {
        this.metrics.update(process.pid, snapshot);
        if (load !== undefined) this.#admission.read(process.pid, load);
      },
      refused: (code) => {
        this.metrics.gateway.messagesRefused.inc({ code });
      },
      processEnded: (process, death) => {
        this.#processes.delete(process);
        this.metrics.retire(process.pid);
        this.#admission.forget(process.pid);
        if (death === null) return;
        this.metrics.restarts.inc();
        this.metrics.deaths.inc({ process: 'room', cause: death.cause });
      },
      gaveUp: () => {
        this.metrics.roomsGivenUp.inc();
      },
      closed: () => {
        if (this.#rooms.get(key) === room) this.#rooms.delete(key);
        if (this.#phase.name === 'draining' && this.#rooms.size === 0) this.#phase.empty();
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

  /**
   * No room is opened any more, and everybody is told; people may still come to rooms that are open.
   * @returns resolves behind the last room
   */
  drain(inMs: number): Promise<void> {
    return new Promise((empty) => {
      this.#phase = { name: 'draining', untilMs: Date.now() + inMs, empty };
      if (this.#rooms.size === 0) empty();
      const closing = this.#closing;
      if (closing !== null) for (const room of this.all) room.tell(closing);
    });
  }

  /** Nobody is let in any more. */
  refuse(): void {
    this.#phase = { name: 'closing' };
  }

  /** Whether another room could be opened. */
  get isReady(): boolean {
    return (
      this.#phase.name === 'open' &&
      this.#rooms.size < this.#settings.maxRooms &&
      this.#admission.hasTimeFor(this.#newcomer(true))
    );
  }

  get #closing(): ClosingMessage | null {
    if (this.#phase.name !== 'draining') return null;
    const { untilMs } = this.#phase;
    const inMs = Math.max(0, Math.round(untilMs - Date.now()));
    return { type: 'closing', at: new Date(untilMs).toISOString(), inMs };
  }

  get #participants(): number {
    return this.all.reduce((sum, room) => sum + room.size, 0);
  }

  /** Closes every room and waits until their processes have gone. */
  async close(reason: ClosedReason): Promise<void> {
    this.refuse();
    for (const room of this.all) room.close(reason);
    const ends = Array.from(this.#processes, (process) => process.end());
    await Promise.all([...ends, this.#spares.close()]);
  }

  /** Tells everybody, and kills all processes: the server ends in this moment. */
  abort(): void {
    this.refuse();
    for (const room of this.all) room.tell({ type: 'closed', reason: 'shutdown' });
    for (const process of this.#processes) process.kill();
    this.#spares.kill();
  }
}
