import { randomUUID } from 'node:crypto';
import type { ChatMessage, Participant } from '../protocol/common.ts';

/** What was written last in a room. */
export class ChatHistory {
  readonly #mostBytes: number;
  readonly #messages: ChatMessage[] = [];
  #bytes = 0;

  /** @param mostBytes - of text that is kept: a newcomer gets it in one message */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Keeps what somebody writes; the oldest messages go where it gets too much. */
  write({ id: from, name }: Participant, text: string): ChatMessage {
    const message = { id: randomUUID(), from, name, text, at: new Date().toISOString() };
    this.#messages.push(message);
    this.#bytes += Buffer.byteLength(message.text);
    while (this.#bytes > this.#mostBytes) {
      this.#bytes -= Buffer.byteLength(this.#messages.shift()?.text ?? '');
    }
    return message;
  }

  /** Oldest first. */
  get messages(): ChatMessage[] {
    return [...this.#messages];
  }
}
