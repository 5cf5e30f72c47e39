import { SvelteSet } from 'svelte/reactivity';
import type { ChatMessage } from '../../mcu/protocol/common.ts';
import type { ChatProblem } from './chat-problem.ts';
import type { RoomView } from './client/index.ts';
import { SendLimit } from './send-limit.ts';
import { words } from './words.ts';

/** Longest message, in characters (protocol: `chat`). */
const longest = 2000;
/** So many messages may be sent in so many milliseconds: faster is no writing. */
const mostMessages = 10;
const windowMs = 10_000;

/** What a desk needs of its surroundings. */
interface ChatDeskContext {
  /** Sends a message, as soon as there is a connection. */
  readonly send: (text: string) => void;
  /** Milliseconds. */
  readonly now: () => number;
}

/** Where one writes: what is being written, what has not been read yet, and which messages are one's own. */
export class ChatDesk {
  readonly #context: ChatDeskContext;
  #draft = $state('');
  #problem: ChatProblem | null = $state.raw(null);
  #isOpen = $state(false);
  #unread = $state(0);
  #unseen: ChatMessage | null = $state.raw(null);
  /** The last message there was; empty where one came before all of them, null before one came. */
  #last: string | null = null;
  /** One's ids: a restarted server gives another one. */
  readonly #ownIds = new SvelteSet<string>();
  readonly #limit = new SendLimit(mostMessages, windowMs);

  constructor(context: ChatDeskContext) {
    this.#context = context;
  }

  /** What is being written; kept while the panel is closed. */
  get draft(): string {
    return this.#draft;
  }

  set draft(text: string) {
    this.#draft = text;
    const tooMany = [...text.trim()].length - longest;
    this.#problem = tooMany > 0 ? { kind: 'too-long', tooMany } : null;
  }

  /** Why the draft was not, or cannot be sent; null most of the time. */
  get problem(): ChatProblem | null {
    return this.#problem;
  }

  /** Whether messages are being looked at. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Messages of others that have not been looked at. */
  get unread(): number {
    return this.#unread;
  }

  /** The newest message of another that came while messages were hidden; null once they were looked at. */
  get unseen(): ChatMessage | null {
    return this.#unseen;
  }

  /** Whether it is one's own. */
  isOwn({ from }: Pick<ChatMessage, 'from'>): boolean {
    return this.#ownIds.has(from);
  }

  /** Shows messages, or hides them. */
  setOpen(isOpen: boolean): void {
    this.#isOpen = isOpen;
    if (isOpen) this.#clearUnread();
  }

  /** Sends the draft; where that cannot be, it stays and the problem says why. */
  send(): void {
    const text = this.#draft.trim();
    if (text === '' || this.#problem?.kind === 'too-long') return;
    const now = this.#context.now();
    if (!this.#limit.allows(now)) {
      this.#problem = { kind: 'too-fast' };
    } else {
      this.#context.send(text);
      this.#limit.count(now);
      this.draft = '';
    }
  }

  /**
   * Takes what the room looks like now.
   * @param view - null while one is in no room
   * @returns what to tell of a message that nobody sees come, as messages are hidden
   */
  follow(view: Pick<RoomView, 'chat' | 'selfId'> | null): string | null {
    if (view === null) {
      this.#last = null;
      this.#clearUnread();
      this.#isOpen = false;
      this.draft = '';
      return null;
    }
    const { chat, selfId } = view;
    this.#ownIds.add(selfId);
    const isLate = this.#last === null;
    this.#last ??= '';
    const newest = chat.at(-1);
    if (newest === undefined || newest.id === this.#last) return null;
    const known = chat.findLastIndex(({ id }) => id === this.#last);
    this.#last = newest.id;
    const others = chat.slice(known + 1).filter((message) => !this.isOwn(message));
    if (this.#isOpen || others.length === 0) return null;
    this.#unread += others.length;
    if (isLate && others.length > 1) return words.chat.earlier(others.length);
    const message = others.at(-1);
    if (message === undefined) return null;
    if (!isLate) this.#unseen = message;
    return words.chat.says(message.name, message.text);
  }

  #clearUnread(): void {
    this.#unread = 0;
    this.#unseen = null;
  }
}
