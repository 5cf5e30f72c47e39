import { randomUUID } from 'node:crypto';
import type { ChatMessage, Participant } from '../protocol/common.ts';

/** So much chat a newcomer gets to read: it has to fit into one message of 64 KiB. */
const mostBytes = 24 * 1024;

/** What was written last in a room. */
export class ChatHistory {
  readonly #messages: ChatMessage[] = [];
  #bytes = 0;

  /** Keeps what somebody writes; the oldest messages go where it gets too much. */
  write({ id: from, name }: Participant, text: string): ChatMessage {
    const message = { id: randomUUID(), from, name, text, at: new Date().toISOString() };
    this.#messages.push(message);
    this.#bytes += Buffer.byteLength(message.text);
    while (this.#bytes > mostBytes) {
      this.#bytes -= Buffer.byteLength(this.#messages.shift()?.text ?? '');
    }
    return message;
  }

  /** Oldest first. */
  get messages(): ChatMessage[] {
    return [...this.#messages];
  }
}
