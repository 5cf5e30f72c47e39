import { randomBytes, randomUUID } from 'node:crypto';
import type { Settings } from '../config/settings.ts';
import type { Logger } from '../log.ts';
import type { ClientMessage } from '../protocol/client.ts';
import type { ChatMessage, LayoutMode, Participant, QualityCap } from '../protocol/common.ts';
import { OnegridError } from '../protocol/errors.ts';
import type { MediaState, RoomEvent, RoomSettings } from '../protocol/ipc.ts';
import type { ClosedReason, IceServer, ServerMessage } from '../protocol/server.ts';
import { iceServersFor } from './ice-servers.ts';
import type { RoomProcess } from './room-process.ts';

/** A participant's connection, as a room sees it. */
export interface Connection {
  /** Sends a message to the participant. */
  send(message: ServerMessage): void;
  /** Tells the participant why their stay is over and ends the connection. */
  close(reason: ClosedReason): void;
}

/** What a room needs from around it. */
export interface RoomContext {
  readonly settings: Settings;
  readonly log: Logger;
  /** A process for this room's media: the spare one, mostly. */
  takeProcess(): RoomProcess;
  /** A snapshot of the room process's metrics. */
  metrics(process: RoomProcess, snapshot: readonly unknown[]): void;
  /** A room process is gone; `died`: by itself. */
  processEnded(process: RoomProcess, died: boolean): void;
  /** The last participant has left, or the room was closed: forget it. */
  closed(): void;
}

/** Deaths of room processes within {@link crashWindowMs} that end a room. */
const crashLimit = 3;
const crashWindowMs = 60_000;
/** So much chat a newcomer gets to read: it has to fit into one message of 64 KiB. */
const chatHistoryBytes = 24 * 1024;

/**
 * A room process that tells nothing between so many checks hangs, and is replaced. Checks are counted,
 * not time: when the gateway itself stood still, one check comes before what the process told meanwhile.
 */
const hangChecks = 4;
const hangCheckMs = 2500;

interface Member {
  participant: Participant;
  /** The best rung they want to receive. Kept here: a new room process has to know. */
  quality: QualityCap;
  readonly connection: Connection;
}

type JoinMessage = Extract<ClientMessage, { type: 'join' }>;
type RoomMessage = Exclude<ClientMessage, { type: 'join' | 'leave' }>;

const mediaOf = ({ audio, video, source }: Participant): MediaState => ({ audio, video, source });

const roomSettings = (settings: Settings): RoomSettings => ({
  canvas: settings.canvas,
  fps: settings.fps,
  transitions: settings.transitions,
  rungs: settings.rungs,
  udpPorts: settings.udpPorts,
  announcedIp: settings.announcedIp,
  mediaTimeoutMs: settings.mediaTimeoutMs,
  uplinkHoldMs: settings.uplinkHoldMs,
  logLevel: settings.logLevel,
});

/**
 * A room: who is in it, what they wrote, how it is laid out. Its media lives in a process of its own;
 * if that dies, another takes over with the same participants under the same ids.
 */
export class Room {
  /** Lower case: room names are case-insensitive. */
  readonly name: string;
  readonly #context: RoomContext;
  readonly #log: Logger;
  readonly #members = new Map<string, Member>();
  readonly #chat: ChatMessage[] = [];
  #chatBytes = 0;
  readonly #deaths: number[] = [];
  #layout: { mode: LayoutMode; pinned: string | null } = { mode: 'auto', pinned: null };
  #process: RoomProcess;
  /** Looks at the process since it last told its metrics, which it does twice a second. */
  #silentChecks = 0;
  readonly #watch: NodeJS.Timeout;
  #closed = false;

  constructor(name: string, context: RoomContext) {
    this.name = name;
    this.#context = context;
    this.#log = context.log.child({ room: name });
    this.#process = this.#startMedia();
    this.#watch = setInterval(() => {
      this.#silentChecks += 1;
      if (this.#silentChecks <= hangChecks) return;
      this.#silentChecks = 0;
      this.#log.error({ roomPid: this.#process.pid }, 'room process hangs');
      this.#process.kill();
    }, hangCheckMs);
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
        recording: null,
      },
      participants: this.#participants(),
      iceServers: this.#iceServers(participant.id),
      chat: [...this.#chat],
    });
    this.#broadcast({ type: 'participant', event: 'joined', participant }, [participant.id]);
    this.#addMedia(member);
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
    if (this.#members.size === 0) this.close('room-closed');
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
        this.#process.send({ type: 'offer', participantId: id, sdp: message.sdp });
        return;
      case 'answer':
        this.#process.send({
          type: 'answer',
          participantId: id,
          sdp: message.sdp,
          negotiation: message.negotiation,
        });
        return;
      case 'candidate':
        this.#process.send({
          type: 'candidate',
          participantId: id,
          pc: message.pc,
          candidate: message.candidate,
        });
        return;
      case 'reconnect':
        this.#process.send({ type: 'reconnect', participantId: id, pc: message.pc });
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
      case 'network':
        this.#process.send({
          type: 'network',
          participantId: id,
          uplinkKbps: message.uplinkKbps,
        });
        return;
      case 'record':
        throw new OnegridError('not-found', 'Recording is not there yet.');
      case 'react':
        this.#broadcast({ type: 'reaction', participantId: id, emoji: message.emoji });
        return;
      case 'chat':
        this.#say(member.participant, message.text);
        return;
      case 'layout': {
        const pinned = message.pinned ?? null;
        if (pinned !== null && !this.#members.has(pinned)) {
          throw new OnegridError('not-found', 'The pinned participant is not in the room.');
        }
        this.#setLayout({ mode: message.mode, pinned });
        return;
      }
      default:
        message satisfies never;
    }
  }

  /** Ends the room for everybody in it. */
  close(reason: ClosedReason): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#watch);
    this.#context.closed();
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
      generation: this.#deaths.length,
    });
  }

  #broadcast(message: ServerMessage, except: readonly string[] = []): void {
    for (const [id, { connection }] of this.#members) {
      if (!except.includes(id)) connection.send(message);
    }
  }

  #change(member: Member, change: Partial<Participant>): void {
    member.participant = { ...member.participant, ...change };
    const { participant } = member;
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
    this.#chat.push(message);
    this.#chatBytes += Buffer.byteLength(text);
    while (this.#chatBytes > chatHistoryBytes) {
      this.#chatBytes -= Buffer.byteLength(this.#chat.shift()?.text ?? '');
    }
    this.#broadcast({ type: 'chat', ...message });
  }

  #setLayout(layout: { mode: LayoutMode; pinned: string | null }): void {
    this.#layout = layout;
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
    this.#silentChecks = 0;
    this.#log.info({ roomPid: process.pid }, 'room process started');
    return process;
  }

  #mediaEvent(process: RoomProcess, event: RoomEvent): void {
    switch (event.type) {
      case 'message':
        this.#members.get(event.participantId)?.connection.send(event.message);
        return;
      case 'broadcast':
        this.#broadcast(event.message, event.except);
        return;
      case 'gone': {
        const member = this.#members.get(event.participantId);
        member?.connection.close(event.reason);
        this.leave(event.participantId);
        return;
      }
      case 'metrics':
        this.#silentChecks = 0;
        this.#context.metrics(process, event.metrics);
        return;
      case 'snapshot':
        return;
      default:
        event satisfies never;
    }
  }

  #mediaEnded(process: RoomProcess, why: string): void {
    this.#context.processEnded(process, !this.#closed);
    if (this.#closed) return;
    const now = Date.now();
    this.#deaths.push(now);
    const recent = this.#deaths.filter((at) => now - at < crashWindowMs).length;
    this.#log.error({ roomPid: process.pid, why, recent }, 'room process died');
    if (recent >= crashLimit) {
      this.close('room-closed');
      return;
    }
    this.#process = this.#startMedia();
    this.#process.send({ type: 'layout', ...this.#layout });
    for (const member of this.#members.values()) this.#addMedia(member);
    this.#broadcast({ type: 'reset', reason: 'The media of this room was restarted.' });
    // Who spoke is not known to the new process.
    this.#broadcast({ type: 'speakers', active: [] });
  }
}
