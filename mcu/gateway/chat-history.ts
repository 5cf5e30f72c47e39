import { randomUUID } from 'node:crypto';
import type { ChatMessage, Participant } from '../protocol/common.ts';

/** So many names of messages are known again. */
const mostRefs = 1000;

/** What was written last in a room. */
export class ChatHistory {
  readonly #mostBytes: number;
  readonly #messages: ChatMessage[] = [];
  #bytes = 0;
  /** Without their texts, by the names that their writers' pages gave them. */
  readonly #byRef = new Map<string, Omit<ChatMessage, 'text'>>();

  /** @param mostBytes - of text that is kept: a newcomer gets it in one message */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Keeps what somebody writes; the oldest messages go where it gets too much. */
  write({ id: from, name }: Participant, text: string, ref?: string): ChatMessage {
    const known = { id: randomUUID(), ...(ref !== undefined && { ref }), from, name };
    const message = { ...known, text, at: new Date().toISOString() };
    this.#messages.push(message);
    this.#bytes += bytesOf(message);
    while (this.#bytes > this.#mostBytes) {
      const oldest = this.#messages.shift();
      if (oldest !== undefined) this.#bytes -= bytesOf(oldest);
    }
    if (ref !== undefined) this.#remember(ref, { ...known, at: message.at });
    return message;
  }

  /**
   * A message that is here already, though its writer's page has not heard so and sends it again.
   * @param text - as it is sent; that of others cannot be learned by their message's name
   */
  repeated(text: string, ref: string): ChatMessage | null {
    const known = this.#byRef.get(ref);
    return known === undefined ? null : { ...known, text };
  }

  /** Oldest first. */
  get messages(): ChatMessage[] {
    return [...this.#messages];
  }

  #remember(ref: string, message: Omit<ChatMessage, 'text'>): void {
    this.#byRef.set(ref, message);
    const [oldest] = this.#byRef.keys();
    if (this.#byRef.size > mostRefs && oldest !== undefined) this.#byRef.delete(oldest);
  }
}

const bytesOf = ({ text, ref = '' }: ChatMessage): number => Buffer.byteLength(text) + ref.length;
