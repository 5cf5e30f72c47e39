import type { ClientMessageInput } from '../../../mcu/protocol/client.ts';
import type { ServerMessage } from '../../../mcu/protocol/server.ts';
import { Asks } from './asks.ts';
import type { Sent } from './outgoing-media.ts';
import { Outbox, type OutboxContext } from './outbox.ts';
import type { JoinedMessage, RoomView } from './room-view.ts';
import { Wishes } from './wishes.ts';

/** How a participant was let in. */
interface Admission {
  readonly message: JoinedMessage;
  readonly view: RoomView;
  /** Whether to the stay of before. */
  readonly resumed: boolean;
  /** What is sent; null where the server takes nothing. */
  readonly sent: Sent | null;
}

/**
 * Says to the server what a participant wants said, and says again what broke off with the connection: of each kind of message
 * in its own way.
 */
export class ReliableSender {
  /** What the server has to be told time and again. */
  readonly wishes: Wishes;
  /** What one has written, until it is passed on. */
  readonly outbox: Outbox;
  readonly #asks: Asks;
  readonly #send: (message: ClientMessageInput) => void;

  constructor(context: OutboxContext) {
    const { platform, send } = context;
    this.wishes = new Wishes(send);
    this.outbox = new Outbox(context);
    this.#asks = new Asks(platform, send);
    this.#send = send;
  }

  /** Says it. @param view - what the room is like as it is said */
  send(message: ClientMessageInput, view: RoomView): void {
    switch (message.type) {
      case 'chat':
        this.outbox.write(message.text);
        return;
      case 'hand':
        this.wishes.raiseHand(message.raised);
        return;
      case 'layout':
      case 'record':
      case 'moderate':
        this.#asks.ask(message, view);
        return;
      default:
        this.#send(message);
    }
  }

  /** The server let this participant in: it is told what it does not know. */
  open({ message, view, resumed, sent }: Admission): void {
    const self = message.participants.find(({ id }) => id === message.participantId);
    this.wishes.joined(resumed, self);
    if (sent !== null) this.wishes.tellMedia(sent);
    this.wishes.tellQuality();
    this.#asks.open(view, resumed);
    this.outbox.confirm(message.chat, message.participantId);
    this.outbox.open();
  }

  /** Takes what the server said, and what the room is like since. */
  follow(message: ServerMessage, now: RoomView): void {
    this.#asks.follow(now);
    if (message.type === 'chat') this.outbox.confirm([message], now.selfId);
    if (message.type !== 'participant' || message.participant.id !== now.selfId) return;
    this.wishes.followHand(message.participant.hand);
  }

  /** The server does not do it. @param ref - of what was written; undefined: something else */
  refused(ref: string | undefined): void {
    if (ref === undefined) this.#asks.clear();
    else this.outbox.refused(ref);
  }

  /** The connection is gone. */
  lost(): void {
    this.#asks.lost();
    this.outbox.lost();
  }

  /** One has left: nothing of it is said any more. */
  clear(): void {
    this.lost();
    this.#asks.clear();
    this.outbox.clear();
  }
}
