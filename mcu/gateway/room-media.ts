import type { Logger } from '../log.ts';
import type { RoomCommand, RoomEvent, RungState } from '../protocol/ipc.ts';
import type { Death } from './death.ts';
import { Deaths } from './deaths.ts';
import { iceServersFor } from './ice-servers.ts';
import type { Member } from './members.ts';
import type { RoomContext } from './room-context.ts';
import type { RoomProcess } from './room-process.ts';
import { roomSettings } from './room-settings.ts';
import { Snapshots } from './snapshots.ts';
import type { Purpose } from './spare-processes.ts';

/** What a room process tells of the people in its room. */
export type PeopleEvent = Extract<RoomEvent, { type: 'message' | 'broadcast' | 'gone' }>;

/** What {@link RoomMedia} tells its room. */
export interface RoomMediaEvents {
  event(event: PeopleEvent): void;
  /** Another process has taken over: it knows nothing yet. */
  restarted(): void;
  /** Processes die one after the other: there is no use in another one. */
  doomed(): void;
}

/** A room's media: the process that makes it, and the next one if that dies or hangs. */
export class RoomMedia {
  readonly #room: string;
  readonly #context: RoomContext;
  readonly #log: Logger;
  readonly #events: RoomMediaEvents;
  readonly #deaths = new Deaths();
  readonly #snapshots: Snapshots;
  #process: RoomProcess;
  #rungs: readonly RungState[] = [];
  #closed = false;

  /** @param log - lines carry the room's name already */
  constructor(room: string, context: RoomContext, log: Logger, events: RoomMediaEvents) {
    this.#room = room;
    this.#context = context;
    this.#log = log;
    this.#events = events;
    this.#snapshots = new Snapshots((requestId) => {
      this.#process.send({ type: 'snapshot', requestId });
    });
    this.#process = this.#start('opening');
  }

  /** The encoders that are running. */
  get rungs(): readonly RungState[] {
    return this.#rungs;
  }

  /** Gives somebody's media a place in the process there is now. */
  add({ participant, quality, shareAudio, order, where, join, isPrivate }: Member): void {
    const { id, name, hand, audio, video, source, role } = participant;
    const watches = role === 'viewer';
    const away = where.kind === 'away';
    const iceServers = iceServersFor(this.#context.settings, id, Date.now());
    const media = { audio, video, source, shareAudio };
    this.send({
      type: 'add',
      member: { id, join, name, media, hand, quality, order, away, watches, isPrivate, iceServers },
      requestedAt: Date.now(),
      generation: this.#deaths.count,
    });
  }

  /** To the process there is now. */
  send(command: RoomCommand): void {
    this.#process.send(command);
  }

  /** See {@link Snapshots.take}. */
  snapshot(): Promise<Buffer> {
    return this.#snapshots.take();
  }

  /** Ends it; may be called twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#snapshots.close();
    void this.#process.end();
  }

  #start(purpose: Purpose): RoomProcess {
    const process = this.#context.takeProcess(purpose);
    process.attach({
      event: (event) => {
        this.#event(process, event);
      },
      ended: (death) => {
        this.#ended(process, death);
      },
    });
    process.send({
      type: 'open',
      room: this.#room,
      settings: roomSettings(this.#context.settings),
    });
    this.#log.info({ roomPid: process.pid }, 'room process started');
    return process;
  }

  #event(process: RoomProcess, event: RoomEvent): void {
    switch (event.type) {
      case 'message':
      case 'broadcast':
      case 'gone':
        this.#events.event(event);
        return;
      case 'metrics':
        this.#rungs = event.rungs ?? [];
        this.#context.metrics(process, event.metrics, event.load);
        return;
      case 'snapshot':
        this.#snapshots.answer(event.requestId, event.jpeg);
        return;
      default:
        event satisfies never;
    }
  }

  #ended(process: RoomProcess, death: Death): void {
    this.#context.processEnded(process, this.#closed ? null : death);
    if (this.#closed) return;
    this.#deaths.add(performance.now());
    const { recent, areTooMany } = this.#deaths;
    this.#log.error({ roomPid: process.pid, ...death, recent }, 'room process died');
    if (areTooMany) {
      this.#log.error({ recent }, 'room processes die one after the other: the room is closed');
      this.#context.gaveUp();
      this.#events.doomed();
      return;
    }
    this.#process = this.#start('healing');
    this.#events.restarted();
  }
}
