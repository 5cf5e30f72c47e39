import { randomBytes, randomUUID } from 'node:crypto';
import type { Logger } from '../log.ts';
import type { ClientMessage } from '../protocol/client.ts';
import type { ChatMessage, Participant, QualityCap } from '../protocol/common.ts';
import { asTold, OnegridError } from '../protocol/errors.ts';
import type { MediaState, RoomEvent, RungState } from '../protocol/ipc.ts';
import type { ClosedReason, IceServer, ServerMessage } from '../protocol/server.ts';
import { ChatHistory } from './chat-history.ts';
import { Deaths } from './deaths.ts';
import { HangWatch } from './hang-watch.ts';
import { iceServersFor } from './ice-servers.ts';
import { RoomOutputs } from './room-outputs.ts';
import type { Connection, RoomContext } from './room-context.ts';
import { roomSettings } from './room-settings.ts';
import { Snapshots } from './snapshots.ts';
import type { RoomLayout } from './recordings/diary.ts';
import type { RoomInfo } from './room-info.ts';
import type { RoomProcess } from './room-process.ts';

interface Member {
  participant: Participant;
  /** The best rung they want to receive. Kept here: a new room process has to know. */
  quality: QualityCap;
  readonly connection: Connection;
}

type JoinMessage = Extract<ClientMessage, { type: 'join' }>;
type RoomMessage = Exclude<ClientMessage, { type: 'join' | 'leave' }>;

const mediaOf = ({ audio, video, source }: Participant): MediaState => ({ audio, video, source });

/**
 * A room: who is in it, what they wrote, how it is laid out. Its media lives in a process of its own;
 * if that dies, another takes over with the same participants under the same ids.
 */
export class Room {
  /** Lower case: room names are case-insensitive. */
  readonly name: string;
  /** Its recording, HLS and restreams. */
  readonly outputs: RoomOutputs;
  readonly #context: RoomContext;
  readonly #log: Logger;
  readonly #members = new Map<string, Member>();
  readonly #chat = new ChatHistory();
  readonly #createdAt = new Date().toISOString();
  readonly #snapshots: Snapshots;
  #rungs: readonly RungState[] = [];
  readonly #deaths = new Deaths();
  #layout: RoomLayout = { mode: 'auto', pinned: null };
  #process: RoomProcess;
  readonly #watch: HangWatch;
  #closed = false;

  constructor(name: string, context: RoomContext) {
    this.name = name;
    this.#context = context;
    this.#log = context.log.child({ room: name });
    this.outputs = new RoomOutputs(context.outputs, {
      name,
      send: (command) => {
        this.#process.send(command);
      },
      broadcast: (message) => {
        this.#broadcast(message);
      },
      participants: () => this.#participants(),
      layout: () => this.#layout,
      closeIfEmpty: () => {
        if (this.size === 0) this.close('room-closed');
      },
    });
    this.#snapshots = new Snapshots((requestId) => {
      this.#process.send({ type: 'snapshot', requestId });
    });
    this.#watch = new HangWatch(() => {
      this.#log.error({ roomPid: this.#process.pid }, 'room process hangs');
      this.#process.kill();
    });
    this.#process = this.#startMedia();
  }

  /** How many are in the room. */
  get size(): number {
    return this.#members.size;
  }

  /**
   * Lets somebody in.
   * @returns the participant's id
   * @throws OnegridError `room-full`
   */
  join(message: JoinMessage, connection: Connection): string {
    const { maxParticipants } = this.#context.settings;
    if (this.#members.size >= maxParticipants) {
      throw new OnegridError(
        'room-full',
        `This room is full: ${String(maxParticipants)} are in it.`,
      );
    }
    const participant: Participant = {
      id: randomBytes(9).toString('base64url'),
      name: message.name,
      role: 'guest',
      audio: message.media?.audio ?? false,
      video: message.media?.video ?? false,
      source: 'camera',
      hand: false,
      joinedAt: new Date().toISOString(),
    };
    const member: Member = { participant, quality: 'auto', connection };
    this.#members.set(participant.id, member);
    connection.send({
      type: 'joined',
      participantId: participant.id,
      resumeToken: randomUUID(),
      room: {
        name: this.name,
        layout: this.#layout.mode,
        pinned: this.#layout.pinned,
        recording: this.outputs.recording,
      },
      participants: this.#participants(),
      iceServers: this.#iceServers(participant.id),
      chat: this.#chat.messages,
    });
    this.#broadcast({ type: 'participant', event: 'joined', participant }, [participant.id]);
    this.#addMedia(member);
    this.outputs.joined(participant);
    this.#log.info({ participant: participant.id, size: this.size }, 'participant joined');
    return participant.id;
  }

  /** Takes somebody out; the room closes behind the last one. */
  leave(id: string): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    this.#members.delete(id);
    this.#process.send({ type: 'remove', participantId: id });
    this.#broadcast({ type: 'participant', event: 'left', participant: member.participant });
    this.#log.info({ participant: id, size: this.size }, 'participant left');
    if (this.#layout.pinned === id) this.#setLayout({ ...this.#layout, pinned: null });
    this.outputs.left(id);
    if (this.#members.size === 0 && !this.outputs.pause()) this.close('room-closed');
  }

  /**
   * Shows somebody the door.
   * @throws OnegridError `not-found`
   */
  remove(id: string): void {
    const member = this.#members.get(id);
    if (member === undefined) throw new OnegridError('not-found', 'Nobody of that id is here.');
    member.connection.close('removed');
    this.leave(id);
  }

  /** As told over HTTP. */
  get info(): RoomInfo {
    return {
      name: this.name,
      createdAt: this.#createdAt,
      participants: this.#participants(),
      layout: this.#layout.mode,
      pinned: this.#layout.pinned,
      rungs: this.#rungs,
      ...this.outputs.info,
    };
  }

  /**
   * Lays the room out.
   * @throws OnegridError `not-found` where the one to be pinned is not there
   */
  arrange(layout: RoomLayout): void {
    if (layout.pinned !== null && !this.#members.has(layout.pinned)) {
      throw new OnegridError('not-found', 'The pinned participant is not in the room.');
    }
    this.#setLayout(layout);
  }

  /**
   * The composite as JPEG, at most 1 s old.
   * @throws OnegridError `conflict` where there is none yet, `overloaded` where the room process does not answer
   */
  snapshot(): Promise<Buffer> {
    return this.#snapshots.take();
  }

  /**
   * Does what a participant's message asks for.
   * @throws OnegridError where it cannot be done; nothing has changed then
   */
  handle(id: string, message: RoomMessage): void {
    const member = this.#members.get(id);
    if (member === undefined) throw new OnegridError('not-joined', 'You are not in the room.');
    switch (message.type) {
      case 'offer':
      case 'answer':
      case 'candidate':
      case 'reconnect':
      case 'network':
        // The room process gets it as it is, with who it is from.
        this.#process.send({ ...message, participantId: id });
        return;
      case 'media': {
        const { audio, video, source } = message;
        this.#change(member, { audio, video, source });
        this.#process.send({ type: 'media', participantId: id, media: { audio, video, source } });
        return;
      }
      case 'hand':
        this.#change(member, { hand: message.raised });
        this.#process.send({ type: 'hand', participantId: id, raised: message.raised });
        return;
      case 'quality':
        member.quality = message.max;
        this.#process.send({ type: 'quality', participantId: id, max: message.max });
        return;
      case 'react':
        this.#broadcast({ type: 'reaction', participantId: id, emoji: message.emoji });
        return;
      case 'chat':
        this.#say(member.participant, message.text);
        return;
      case 'layout':
        this.arrange({ mode: message.mode, pinned: message.pinned ?? null });
        return;
      case 'record':
        this.#record(member, message.action);
        return;
      default:
        message satisfies never;
    }
  }

  /** Ends the room for everybody in it. */
  close(reason: ClosedReason): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.close();
    this.#context.closed();
    this.outputs.close();
    this.#snapshots.close();
    for (const { connection } of this.#members.values()) connection.close(reason);
    this.#members.clear();
    this.#log.info({ reason }, 'room closed');
    void this.#process.end();
  }

  #iceServers(participantId: string): IceServer[] {
    return iceServersFor(this.#context.settings, participantId, Date.now());
  }

  #participants(): Participant[] {
    return Array.from(this.#members.values(), ({ participant }) => participant);
  }

  #addMedia({ participant, quality }: Member): void {
    const { id, name, hand } = participant;
    this.#process.send({
      type: 'add',
      member: {
        id,
        name,
        media: mediaOf(participant),
        hand,
        quality,
        iceServers: this.#iceServers(id),
      },
      requestedAt: Date.now(),
      generation: this.#deaths.count,
    });
  }

  #broadcast(message: ServerMessage, except: readonly string[] = []): void {
    for (const [id, { connection }] of this.#members) {
      if (!except.includes(id)) connection.send(message);
    }
  }

  #change(member: Member, change: Partial<Participant>): void {
    const before = member.participant;
    const participant = { ...before, ...change };
    member.participant = participant;
    this.outputs.changed(before, participant);
    this.#broadcast({ type: 'participant', event: 'changed', participant });
  }

  #say(from: Participant, text: string): void {
    const message: ChatMessage = {
      id: randomUUID(),
      from: from.id,
      name: from.name,
      text,
      at: new Date().toISOString(),
    };
    this.#chat.add(message);
    this.outputs.wrote(message);
    this.#broadcast({ type: 'chat', ...message });
  }

  /** Errors come later than others: the disk has to be asked. */
  #record({ participant, connection }: Member, action: 'start' | 'stop'): void {
    this.outputs.record(participant, action).catch((error: unknown) => {
      const { code, message } = asTold(error);
      if (code === 'internal') this.#log.error({ err: error }, 'recording failed');
      connection.send({ type: 'error', code, message, fatal: false });
    });
  }

  #setLayout(layout: RoomLayout): void {
    this.#layout = layout;
    this.outputs.arranged(layout);
    this.#process.send({ type: 'layout', ...layout });
  }

  #startMedia(): RoomProcess {
    const process = this.#context.takeProcess();
    process.attach({
      event: (event) => {
        this.#mediaEvent(process, event);
      },
      ended: (why) => {
        this.#mediaEnded(process, why);
      },
    });
    process.send({ type: 'open', room: this.name, settings: roomSettings(this.#context.settings) });
    this.#watch.heard();
    this.#log.info({ roomPid: process.pid }, 'room process started');
    return process;
  }

  #mediaEvent(process: RoomProcess, event: RoomEvent): void {
    switch (event.type) {
      case 'message':
        this.#members.get(event.participantId)?.connection.send(event.message);
        return;
      case 'broadcast':
        if (event.message.type === 'speakers') this.outputs.speakers(event.message.active);
        this.#broadcast(event.message, event.except);
        return;
      case 'gone': {
        const member = this.#members.get(event.participantId);
        member?.connection.close(event.reason);
        this.leave(event.participantId);
        return;
      }
      case 'metrics':
        this.#watch.heard();
        this.#rungs = event.rungs ?? [];
        this.#context.metrics(process, event.metrics);
        return;
      case 'snapshot':
        this.#snapshots.answer(event.requestId, event.jpeg);
        return;
      default:
        event satisfies never;
    }
  }

  #mediaEnded(process: RoomProcess, why: string): void {
    this.#context.processEnded(process, !this.#closed);
    if (this.#closed) return;
    this.#deaths.add(performance.now());
    const { recent, areTooMany } = this.#deaths;
    this.#log.error({ roomPid: process.pid, why, recent }, 'room process died');
    if (areTooMany) {
      this.close('room-closed');
      return;
    }
    this.#process = this.#startMedia();
    this.#process.send({ type: 'layout', ...this.#layout });
    for (const member of this.#members.values()) this.#addMedia(member);
    this.outputs.mediaRestarted();
    this.#broadcast({ type: 'reset', reason: 'The media of this room was restarted.' });
    // Who spoke is not known to the new process.
    this.outputs.speakers([]);
    this.#broadcast({ type: 'speakers', active: [] });
  }
}
