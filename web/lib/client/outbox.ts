import type { ClientMessageInput } from '../../../mcu/protocol/client.ts';
import type { ChatMessage } from '../../../mcu/protocol/common.ts';
import type { Platform } from './platform.ts';

/** A message of the chat that the server is not known to have yet. */
export interface OutgoingChat {
  /** Its name between this page and the server, which takes a message of one name once. */
  readonly ref: string;
  readonly text: string;
  /** `failed`: it is not sent again by itself. */
  readonly state: 'sending' | 'failed';
}

/** What an outbox needs of its surroundings. */
export interface OutboxContext {
  readonly platform: Pick<Platform, 'after' | 'random'>;
  readonly send: (message: ClientMessageInput) => void;
  readonly changed: () => void;
  /** The server does not answer, though the socket seems to be there. */
  readonly stuck: () => void;
}

interface Entry extends OutgoingChat {
  /** How often nothing came back in time. */
  readonly unanswered: number;
}

/** How long the server may take to pass a message on, in milliseconds. */
const patienceMs = 10_000;
/** So often a message may go unanswered; once may be a dead socket's fault. */
const mostUnanswered = 2;

/**
 * What one has written, until the server has passed it on. Whatever was on its way when a connection broke is sent again over
 * the next one, in its order; the server, and whoever reads, take each once.
 */
export class Outbox {
  readonly #context: OutboxContext;
  readonly #prefix: string;
  #count = 0;
  #entries: readonly Entry[] = [];
  readonly #timers = new Map<string, () => void>();
  #isOpen = false;

  constructor(context: OutboxContext) {
    this.#context = context;
    const part = (): string => Math.floor(context.platform.random() * 2 ** 48).toString(36);
    this.#prefix = `${part()}-${part()}`;
  }

  /** In the order they were written. */
  get entries(): readonly OutgoingChat[] {
    return this.#entries;
  }

  /** Sends a message, now or with the next connection. */
  write(text: string): void {
    this.#count += 1;
    const ref = `${this.#prefix}-${String(this.#count)}`;
    this.#entries = [...this.#entries, { ref, text, state: 'sending', unanswered: 0 }];
    this.#transmit(ref, text);
    this.#context.changed();
  }

  /** Sends one again that failed. */
  retry(ref: string): void {
    const entry = this.#entries.find((each) => each.ref === ref);
    if (entry?.state !== 'failed') return;
    this.#change(ref, { state: 'sending', unanswered: 0 });
    this.#transmit(ref, entry.text);
    this.#context.changed();
  }

  /** Gives one up. It may have been passed on all the same. */
  discard(ref: string): void {
    if (this.#forget([ref])) this.#context.changed();
  }

  /**
   * Messages that the server has, which may be some of these.
   * @param selfId - whose they would be. A server that names none is told by the text
   */
  confirm(messages: readonly ChatMessage[], selfId: string): void {
    const refs = messages.flatMap(({ ref, from, text }) => {
      if (ref !== undefined) return [ref];
      const same = this.#entries.find((each) => from === selfId && each.text.trim() === text);
      return same === undefined ? [] : [same.ref];
    });
    if (this.#forget(refs)) this.#context.changed();
  }

  /** There is a connection: whatever has not arrived is sent. */
  open(): void {
    this.#isOpen = true;
    for (const { ref, text, state } of this.#entries) {
      if (state === 'sending') this.#transmit(ref, text);
    }
  }

  /** The connection is gone. */
  lost(): void {
    this.#isOpen = false;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  /** The server does not take it. */
  refused(ref: string): void {
    if (this.#entries.some((each) => each.ref === ref && each.state === 'sending')) this.#fail(ref);
  }

  /** Forgets all: one has left. */
  clear(): void {
    this.lost();
    this.#entries = [];
  }

  #transmit(ref: string, text: string): void {
    if (!this.#isOpen) return;
    const cancel = this.#context.platform.after(patienceMs, () => {
      this.#handleSilence(ref);
    });
    this.#timers.set(ref, cancel);
    this.#context.send({ type: 'chat', text, ref });
  }

  #handleSilence(ref: string): void {
    const unanswered = (this.#entries.find((each) => each.ref === ref)?.unanswered ?? 0) + 1;
    this.#change(ref, { unanswered });
    if (unanswered >= mostUnanswered) this.#fail(ref);
    else this.#context.stuck();
  }

  #fail(ref: string): void {
    this.#cancel(ref);
    this.#change(ref, { state: 'failed' });
    this.#context.changed();
  }

  /** @returns whether any was there */
  #forget(refs: readonly string[]): boolean {
    const before = this.#entries.length;
    if (before === 0) return false;
    for (const ref of refs) this.#cancel(ref);
    this.#entries = this.#entries.filter(({ ref }) => !refs.includes(ref));
    return this.#entries.length < before;
  }

  #change(ref: string, change: Partial<Entry>): void {
    this.#entries = this.#entries.map((each) => (each.ref === ref ? { ...each, ...change } : each));
  }

  #cancel(ref: string): void {
    this.#timers.get(ref)?.();
    this.#timers.delete(ref);
  }
}
