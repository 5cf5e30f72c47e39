import type { ChatMessage } from '../protocol/common.ts';

/** So much chat a newcomer gets to read: it has to fit into one message of 64 KiB. */
const mostBytes = 24 * 1024;

/** What was written last in a room. */
export class ChatHistory {
  readonly #messages: ChatMessage[] = [];
  #bytes = 0;

  /** Keeps a message; the oldest ones go where it gets too much. */
  add(message: ChatMessage): void {
    this.#messages.push(message);
    this.#bytes += Buffer.byteLength(message.text);
    while (this.#bytes > mostBytes) {
      this.#bytes -= Buffer.byteLength(this.#messages.shift()?.text ?? '');
    }
  }

  /** Oldest first. */
  get messages(): ChatMessage[] {
    return [...this.#messages];
  }
}
