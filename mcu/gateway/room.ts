import { randomBytes } from 'node:crypto';
import type { Logger } from '../log.ts';
import type { ClientMessage, RoomMessage } from '../protocol/client.ts';
import type { Participant, RecordingReason } from '../protocol/common.ts';
import { OnegridError } from '../protocol/errors.ts';
import type { ClosedReason, ServerMessage } from '../protocol/server.ts';
import { iceServersFor } from './ice-servers.ts';
import { idsOf, type Member, Members } from './members.ts';
import { type PeopleEvent, RoomMedia } from './room-media.ts';
import { RoomActions } from './room-actions.ts';
import { RoomOutputs } from './room-outputs.ts';
import type { Connection, RoomContext } from './room-context.ts';
import type { RoomLayout } from './recordings/diary.ts';
import type { RoomInfo } from './room-info.ts';
import type { Pass } from './tokens/door.ts';

type JoinMessage = Extract<ClientMessage, { type: 'join' }>;

const resetMessage = { type: 'reset', reason: 'The media of this room was restarted.' } as const;
const doomedMessage = {
  type: 'error',
  code: 'internal',
  message: 'The media of this room failed again and again, so the room is closed.',
  fatal: true,
} as const;

/**
 * A room: who comes, goes and comes back. What they do there is in {@link RoomActions}; its media lives in a process of its
 * own, and if that dies, another takes over with the same participants under the same ids.
 */
export class Room {
  /** Lower case: room names are case-insensitive. */
  readonly name: string;
  /** Its recording, HLS and restreams. */
  readonly outputs: RoomOutputs;
  readonly #context: RoomContext;
  readonly #log: Logger;
  readonly #members: Members;
  readonly #media: RoomMedia;
  readonly #actions: RoomActions;
  readonly #createdAt = new Date().toISOString();
  #closed = false;

  constructor(name: string, context: RoomContext) {
    this.name = name;
    this.#context = context;
    this.#log = context.log.child({ room: name });
    this.outputs = new RoomOutputs(context.outputs, {
      name,
      send: (command) => {
        this.#media.send(command);
      },
      broadcast: (message) => {
        this.#members.broadcast(message);
      },
      participants: () => this.#participants(),
      layout: () => this.#actions.layout,
      closeIfEmpty: () => {
        if (this.#members.isDeserted) this.close('room-closed');
      },
    });
    this.#members = new Members({
      resumeMs: context.settings.resumeMs,
      now: () => performance.now(),
      over: ({ participant }) => {
        this.leave(participant.id);
        this.#closeIfDeserted();
      },
    });
    this.#media = new RoomMedia(name, context, this.#log, {
      event: (event) => {
        this.#mediaEvent(event);
      },
      restarted: () => {
        this.#mediaRestarted();
      },
      doomed: () => {
        this.#members.broadcast(doomedMessage);
        this.#end('room-closed', null);
      },
    });
    this.#actions = new RoomActions(
      this.#members,
      this.#media,
      this.outputs,
      (id) => {
        this.remove(id);
      },
      context.settings.tokenSecret !== undefined,
      context.settings.chatHistoryBytes,
      this.#log,
    );
  }

  /** How many are in the room; those who are away and may come back included. */
  get size(): number {
    return this.#members.size;
  }

  /**
   * Lets somebody in.
   * @returns the participant's id
   * @throws OnegridError `room-full`
   */
  join(message: JoinMessage, connection: Connection, { role, name }: Pass): string {
    this.#checkRoom();
    const media = role === 'viewer' ? undefined : message.media;
    const participant: Participant = {
      id: randomBytes(9).toString('base64url'),
      name: name ?? message.name,
      role: role === 'anybody' ? 'guest' : role,
      audio: media?.audio ?? false,
      video: media?.video ?? false,
      source: 'camera',
      hand: false,
      joinedAt: new Date().toISOString(),
    };
    const member = this.#members.add(participant, connection);
    this.#welcome(member, connection, false);
    this.#members.broadcast({ type: 'participant', event: 'joined', participant }, [
      participant.id,
    ]);
    this.#media.add(member);
    this.outputs.joined(participant);
    const entered = { role: participant.role, size: this.size };
    this.#log.info({ ...idsOf(member), ...entered }, 'participant joined');
    return participant.id;
  }

  /**
   * Lets somebody go on who was here, if that is who the message's resume token says. An older connection of theirs is closed.
   * @returns the participant's id; undefined where the token is not known, was used already, or is of another role
   * @throws OnegridError `room-full`, `overloaded` for who had been silent for too long, and whose place is taken
   */
  resume(
    { resume: token, media }: JoinMessage,
    connection: Connection,
    { role }: Pass,
  ): string | undefined {
    const member = token === undefined ? undefined : this.#members.ownerOf(token);
    if (member === undefined) return undefined;
    const { where, participant } = member;
    if (role !== 'anybody' && role !== participant.role) return undefined;
    if (where.kind === 'out') {
      this.#context.checkPorts();
      this.#checkRoom();
    }
    const { id } = participant;
    const before = member.join;
    if (where.kind === 'here') where.connection.close('replaced');
    if (participant.role !== 'viewer') this.#takeOver(member, media);
    this.#members.comeBack(member, connection);
    this.#welcome(member, connection, true);
    if (where.kind === 'out') this.#letBackIn(member);
    else this.#goOn(member);
    if (member.mutedBy !== null) {
      this.#members.send(member, { type: 'muted', by: member.mutedBy });
    }
    this.#log.info({ ...idsOf(member), before, from: where.kind }, 'participant came back');
    return id;
  }

  /** Somebody's connection has gone without a word: nobody else is told, for they may come back. */
  lose(id: string): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    if (!this.#members.expect(member, 'away')) {
      this.leave(id);
      return;
    }
    this.#media.send({ type: 'away', participantId: id, away: true });
    this.#log.info(idsOf(member), 'participant away');
  }

  /** Takes somebody out for good; the room closes behind the last one. */
  leave(id: string): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    this.#members.delete(id);
    this.#left(member);
  }

  /**
   * Shows somebody the door.
   * @throws OnegridError `not-found`
   */
  remove(id: string): void {
    const member = this.#members.get(id);
    if (member === undefined) throw new OnegridError('not-found', 'Nobody of that id is here.');
    if (member.where.kind === 'here') member.where.connection.close('removed');
    this.leave(id);
  }

  /** As told over HTTP. */
  get info(): RoomInfo {
    return {
      name: this.name,
      createdAt: this.#createdAt,
      participants: this.#participants(),
      layout: this.#actions.layout.mode,
      pinned: this.#actions.layout.pinned,
      rungs: this.#media.rungs,
      ...this.outputs.info,
    };
  }

  /**
   * The composite as JPEG, at most 1 s old.
   * @throws OnegridError `conflict` where there is none yet, `overloaded` where the room process does not answer
   */
  snapshot(): Promise<Buffer> {
    return this.#media.snapshot();
  }

  /**
   * Lays the room out.
   * @throws OnegridError `not-found` where the one to be pinned is not there
   */
  arrange(layout: RoomLayout): void {
    this.#actions.arrange(layout);
  }

  /**
   * Does what a participant's message asks for.
   * @throws OnegridError where it cannot be done; nothing has changed then
   */
  handle(id: string, message: RoomMessage): void {
    const member = this.#members.get(id);
    if (member === undefined) throw new OnegridError('not-joined', 'You are not in the room.');
    this.#actions.handle(member, message);
  }

  /** Tells everybody in it. */
  tell(message: ServerMessage): void {
    this.#members.broadcast(message);
  }

  /** Ends the room for everybody in it. */
  close(reason: ClosedReason): void {
    this.#end(reason, 'room-empty');
  }

  /** @param recorded - see {@link RoomOutputs.close} */
  #end(reason: ClosedReason, recorded: RecordingReason | null): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#context.closed();
    this.outputs.close(recorded);
    for (const connection of this.#members.clear()) connection.close(reason);
    this.#log.info({ reason }, 'room closed');
    this.#media.close();
  }

  #participants(): Participant[] {
    return this.#members.all.map(({ participant }) => participant);
  }

  /** @throws OnegridError `room-full` */
  #checkRoom(): void {
    const { maxParticipants } = this.#context.settings;
    if (this.size < maxParticipants) return;
    throw new OnegridError('room-full', `This room is full: ${String(maxParticipants)} are in it.`);
  }

  /** Tells somebody who has come how things stand. */
  #welcome(member: Member, connection: Connection, resumed: boolean): void {
    const { id } = member.participant;
    const may = this.#actions.rightsOf(member.participant);
    connection.send({
      type: 'joined',
      participantId: id,
      resumeToken: this.#members.newToken(member),
      join: connection.id,
      ...(resumed && { resumed }),
      room: {
        name: this.name,
        layout: this.#actions.layout.mode,
        pinned: this.#actions.layout.pinned,
        recording: this.outputs.recording,
      },
      participants: this.#participants(),
      iceServers: iceServersFor(this.#context.settings, id, Date.now()),
      chat: this.#actions.chat,
      mayModerate: may.includes('moderate'),
      may,
    });
    const closing = this.#context.closing();
    if (closing !== null) connection.send(closing);
  }

  /** Somebody comes back with other things switched on than they had. */
  #takeOver(member: Member, media: JoinMessage['media']): void {
    const { participant, where } = member;
    const { video } = media ?? participant;
    const audio = member.mutedBy === null ? (media ?? participant).audio : false;
    if (audio === participant.audio && video === participant.video) return;
    // Of who is out nobody knows.
    if (where.kind === 'out') member.participant = { ...participant, audio, video };
    else {
      const { source } = participant;
      this.#actions.setMedia(member, { audio, video, source, shareAudio: member.shareAudio });
    }
  }

  /** Somebody was away, or has another connection: their media has gone on, unless the room's was restarted. */
  #goOn(member: Member): void {
    const { id } = member.participant;
    if (member.resetIsOpen) {
      this.#members.send(member, resetMessage);
      // What it offered went nowhere.
      this.#media.send({ type: 'reconnect', participantId: id, pc: 'downlink' });
    }
    this.#media.send({ type: 'away', participantId: id, away: false, join: member.join });
  }

  /** Somebody comes back who had left as far as others know; their media begins anew. */
  #letBackIn(member: Member): void {
    const { participant } = member;
    this.#members.send(member, resetMessage);
    this.#members.broadcast({ type: 'participant', event: 'joined', participant }, [
      participant.id,
    ]);
    this.#media.add(member);
    this.outputs.joined(participant);
  }

  /** Nothing has come of somebody for too long, though their connection seems to be there: they may come back still. */
  #timedOut(member: Member): void {
    // Whose connection is gone is waited for, and what the room process said before somebody came back means nothing.
    const { where } = member;
    const { mediaTimeoutMs } = this.#context.settings;
    if (where.kind !== 'here' || performance.now() - where.sinceMs < mediaTimeoutMs) return;
    where.connection.close('timeout');
    if (!this.#members.expect(member, 'out')) this.#members.delete(member.participant.id);
    this.#left(member);
  }

  #left(member: Member): void {
    const { participant } = member;
    const { id } = participant;
    this.#media.send({ type: 'remove', participantId: id });
    this.#members.broadcast({ type: 'participant', event: 'left', participant });
    this.#log.info({ ...idsOf(member), size: this.size }, 'participant left');
    this.#actions.unpin(id);
    this.outputs.left(id);
    this.#closeIfDeserted();
  }

  #closeIfDeserted(): void {
    const { size, seen, mayBeSeen } = this.#members;
    if (size > 0) {
      if (seen === 0) this.outputs.onlyWatched(mayBeSeen);
      return;
    }
    const waits = this.outputs.pause();
    if (!waits && this.#members.isDeserted) this.close('room-closed');
  }

  #mediaEvent(event: PeopleEvent): void {
    switch (event.type) {
      case 'message': {
        const member = this.#members.get(event.participantId);
        if (member === undefined) return;
        if (event.message.type === 'error') this.#context.refused(event.message.code);
        this.#members.send(member, event.message);
        return;
      }
      case 'broadcast':
        if (event.message.type === 'speakers') this.outputs.speakers(event.message.active);
        this.#members.broadcast(event.message, event.except);
        return;
      case 'gone': {
        const member = this.#members.get(event.participantId);
        if (member === undefined) return;
        if (event.reason === 'timeout') this.#timedOut(member);
        else if (member.where.kind === 'away') this.leave(event.participantId);
        return;
      }
      default:
        event satisfies never;
    }
  }

  #mediaRestarted(): void {
    this.#media.send({ type: 'layout', ...this.#actions.layout });
    for (const member of this.#members.all) {
      member.resetIsOpen = true;
      this.#media.add(member);
    }
    this.outputs.mediaRestarted();
    this.#members.broadcast(resetMessage);
    // Who spoke is not known to the new process.
    this.outputs.speakers([]);
    this.#members.broadcast({ type: 'speakers', active: [] });
  }
}
