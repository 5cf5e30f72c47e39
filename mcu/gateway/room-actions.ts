import type { Logger } from '../log.ts';
import type { RoomMessage } from '../protocol/client.ts';
import type { ChatMessage, Participant, Role, RoomRight } from '../protocol/common.ts';
import { asTold, OnegridError } from '../protocol/errors.ts';
import type { MediaState } from '../protocol/ipc.ts';
import { ChatHistory } from './chat-history.ts';
import { idsOf, type Member, type Members } from './members.ts';
import type { RoomLayout } from './recordings/diary.ts';
import type { RoomMedia } from './room-media.ts';
import type { RoomOutputs } from './room-outputs.ts';
import { may, rightFor, rightsOf } from './tokens/roles.ts';

/** What people in a room do there: they switch on and off, write, react, arrange, record. */
export class RoomActions {
  readonly #members: Members;
  readonly #media: RoomMedia;
  readonly #outputs: RoomOutputs;
  readonly #remove: (id: string) => void;
  readonly #hasRoles: boolean;
  readonly #log: Logger;
  readonly #chat: ChatHistory;
  #layout: RoomLayout = { mode: 'auto', pinned: null };

  /**
   * @param remove - shows somebody the door; throws OnegridError `not-found`
   * @param hasRoles - false: rooms ask for no tokens, and everybody may do everything
   * @param chatHistoryBytes - how much of what was written a newcomer gets
   * @param log - lines carry the room's name already
   */
  constructor(
    members: Members,
    media: RoomMedia,
    outputs: RoomOutputs,
    remove: (id: string) => void,
    hasRoles: boolean,
    chatHistoryBytes: number,
    log: Logger,
  ) {
    this.#chat = new ChatHistory(chatHistoryBytes);
    this.#members = members;
    this.#media = media;
    this.#outputs = outputs;
    this.#remove = remove;
    this.#hasRoles = hasRoles;
    this.#log = log;
  }

  /** How the room is laid out. */
  get layout(): RoomLayout {
    return this.#layout;
  }

  /** What was written last. */
  get chat(): ChatMessage[] {
    return this.#chat.messages;
  }

  /**
   * Does what a message asks for.
   * @throws OnegridError where it cannot be done; nothing has changed then
   */
  handle(member: Member, message: RoomMessage): void {
    const { id } = member.participant;
    if (!may(this.#roleOf(member.participant), rightFor(message))) {
      throw new OnegridError('forbidden', 'Your invitation does not allow that.');
    }
    if (message.type === 'answer') member.resetIsOpen = false;
    switch (message.type) {
      case 'offer':
      case 'answer':
      case 'candidate':
      case 'reconnect':
      case 'network':
        // The room process gets it as it is, with who it is from.
        this.#media.send({ ...message, participantId: id });
        return;
      case 'media': {
        const { audio, video, source, shareAudio = false } = message;
        member.mutedBy = null;
        this.setMedia(member, { audio, video, source, shareAudio });
        return;
      }
      case 'hand':
        this.#raise(member, message.raised);
        this.#media.send({ type: 'hand', participantId: id, raised: message.raised });
        return;
      case 'quality':
        member.quality = message.max;
        this.#media.send({ type: 'quality', participantId: id, max: message.max });
        return;
      case 'react':
        this.#members.broadcast({ type: 'reaction', participantId: id, emoji: message.emoji });
        this.#media.send({ type: 'react', participantId: id, emoji: message.emoji });
        return;
      case 'chat':
        this.#say(member, message.text, message.ref);
        return;
      case 'layout':
        this.arrange({ mode: message.mode, pinned: message.pinned ?? null });
        return;
      case 'record':
        this.#record(member, message.action);
        return;
      case 'moderate':
        this.#moderate(member, message.participantId, message.action);
        return;
      default:
        message satisfies never;
    }
  }

  /**
   * Lays the room out.
   * @throws OnegridError `not-found` where the one to be pinned has no tile
   */
  arrange(layout: RoomLayout): void {
    if (layout.pinned !== null) {
      const pinned = this.#members.get(layout.pinned);
      if (pinned === undefined || pinned.participant.role === 'viewer') {
        throw new OnegridError('not-found', 'The pinned participant is not in the picture.');
      }
    }
    this.#setLayout(layout);
  }

  /** Somebody is pinned no more, if it was them. */
  unpin(id: string): void {
    if (this.#layout.pinned === id) this.#setLayout({ ...this.#layout, pinned: null });
  }

  /** Somebody has other things switched on. */
  setMedia(member: Member, media: MediaState): void {
    const { shareAudio, ...seen } = media;
    member.shareAudio = shareAudio;
    this.#change(member, seen);
    this.#media.send({ type: 'media', participantId: member.participant.id, media });
  }

  /** What somebody may do. */
  rightsOf(participant: Participant): RoomRight[] {
    return rightsOf(this.#roleOf(participant));
  }

  #roleOf({ role }: Participant): Role | 'anybody' {
    return this.#hasRoles ? role : 'anybody';
  }

  #moderate(by: Member, id: string, action: 'mute' | 'remove'): void {
    const target = this.#members.get(id);
    if (target === undefined) throw new OnegridError('not-found', 'Nobody of that id is here.');
    const { participant, shareAudio } = target;
    this.#log.info(
      { participant: id, by: by.participant.id, join: by.join, action },
      'participant moderated',
    );
    if (action === 'remove') {
      this.#remove(id);
      return;
    }
    const { audio, video, source } = participant;
    if (!audio) return;
    this.setMedia(target, { audio: false, video, source, shareAudio });
    target.mutedBy = by.participant.id;
    this.#members.send(target, { type: 'muted', by: by.participant.id });
  }

  #raise(member: Member, raised: boolean): void {
    if (raised === member.participant.hand) return;
    const handAt = raised ? new Date().toISOString() : undefined;
    this.#change(member, { hand: raised, handAt });
  }

  #change(member: Member, change: Partial<Participant>): void {
    const before = member.participant;
    const participant = { ...before, ...change };
    member.participant = participant;
    this.#outputs.changed(before, participant);
    this.#members.broadcast({ type: 'participant', event: 'changed', participant });
  }

  #say(member: Member, text: string, ref?: string): void {
    const repeated = ref === undefined ? null : this.#chat.repeated(text, ref);
    if (repeated !== null) {
      this.#members.send(member, { type: 'chat', ...repeated });
      return;
    }
    const message = this.#chat.write(member.participant, text, ref);
    this.#outputs.wrote(message);
    this.#members.broadcast({ type: 'chat', ...message });
  }

  /** Errors come later than others: the disk has to be asked. */
  #record(member: Member, action: 'start' | 'stop'): void {
    this.#outputs.record(action, member.join).catch((error: unknown) => {
      const { code, message } = asTold(error);
      if (code === 'internal') {
        this.#log.error({ ...idsOf(member), err: error }, 'recording failed');
      }
      this.#members.send(member, { type: 'error', code, message, fatal: false });
    });
  }

  #setLayout(layout: RoomLayout): void {
    this.#layout = layout;
    this.#outputs.arranged(layout);
    this.#media.send({ type: 'layout', ...layout });
  }
}
