import type { ClientMessageInput } from '../../../mcu/protocol/client.ts';
import type { Platform } from './platform.ts';
import type { RoomView } from './room-view.ts';

/** What one asks the server to do once, and sees done. */
export type Ask = Extract<ClientMessageInput, { type: 'layout' | 'record' | 'moderate' }>;

/** What of a room tells whether it was done. */
type Seen = Pick<RoomView, 'mode' | 'pinned' | 'recording' | 'participants'>;

interface Entry {
  readonly message: Ask;
  /** What the room was like when it was asked. */
  readonly before: Seen;
  readonly cancel: () => void;
}

/** What is not seen done after so long was not done, and the server has said why; in milliseconds. */
const patienceMs = 5000;

/**
 * What was asked of the server and not seen done. Where the connection broke meanwhile, it is asked again in the resumed stay,
 * unless it was done, or somebody else has decided otherwise. In a stay that begins anew nothing is: the room has moved on.
 */
export class Asks {
  readonly #platform: Pick<Platform, 'after'>;
  readonly #send: (message: Ask) => void;
  #entries: readonly Entry[] = [];
  #isOpen = false;

  constructor(platform: Pick<Platform, 'after'>, send: (message: Ask) => void) {
    this.#platform = platform;
    this.#send = send;
  }

  /** Asks, now or in the resumed stay. */
  ask(message: Ask, before: Seen): void {
    for (const each of this.#entries.filter((each) => isSame(each.message, message))) {
      this.#forget(each);
    }
    this.#begin(message, before);
  }

  /** Takes what the room is like now. */
  follow(now: Seen): void {
    for (const entry of this.#entries) if (isSettled(entry, now)) this.#forget(entry);
  }

  /** The server let this participant in. @param resumed - to the stay of before */
  open(now: Seen, resumed: boolean): void {
    this.#isOpen = true;
    this.follow(now);
    const entries = this.#entries;
    this.clear();
    if (resumed) for (const { message, before } of entries) this.#begin(message, before);
  }

  /** The connection is gone. */
  lost(): void {
    this.#isOpen = false;
    for (const { cancel } of this.#entries) cancel();
  }

  /** The server has refused something, or one has left. */
  clear(): void {
    for (const { cancel } of this.#entries) cancel();
    this.#entries = [];
  }

  #begin(message: Ask, before: Seen): void {
    const entry: Entry = {
      message,
      before,
      cancel: this.#isOpen
        ? this.#platform.after(patienceMs, () => {
            this.#forget(entry);
          })
        : () => undefined,
    };
    this.#entries = [...this.#entries, entry];
    if (this.#isOpen) this.#send(message);
  }

  #forget(entry: Entry): void {
    entry.cancel();
    this.#entries = this.#entries.filter((each) => each !== entry);
  }
}

/** Whether the second takes the place of the first. */
function isSame(first: Ask, second: Ask): boolean {
  if (first.type !== 'moderate' || second.type !== 'moderate') return first.type === second.type;
  return first.participantId === second.participantId && first.action === second.action;
}

/** Whether it was done, or is not wanted any more. */
function isSettled({ message, before }: Entry, now: Seen): boolean {
  switch (message.type) {
    case 'layout':
      return now.mode !== before.mode || now.pinned !== before.pinned;
    case 'record':
      return (
        (now.recording?.state === 'starting' || now.recording?.state === 'active') ===
        (message.action === 'start')
      );
    case 'moderate': {
      const who = now.participants.find(({ id }) => id === message.participantId);
      return who === undefined || (message.action === 'mute' && !who.audio);
    }
  }
}
