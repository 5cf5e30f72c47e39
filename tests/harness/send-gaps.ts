import type { SentFrame, TestServer } from './server.ts';

/** The longest times between two pictures that a server sends to one and the same participant; needs `traced`. */
export class SendGaps {
  readonly #server: TestServer;
  readonly #room: string;
  readonly #last = new Map<string, number>();
  #longestMs = 0;
  #pictures = 0;

  /** @param room - whose participants are looked at */
  constructor(server: TestServer, room: string) {
    this.#server = server;
    this.#room = room;
  }

  /**
   * The longest gap that ended since the last call, in milliseconds; Infinity where nothing was sent.
   * @param only - participants; all of the room where nothing is given
   */
  take(only?: ReadonlySet<string>): number {
    this.#pictures = 0;
    this.#longestMs = 0;
    // What is counted is not kept: in a long run it would fill the memory.
    const { isOfPicture } = this.#server;
    const rest = this.#server.log.filter((line) => {
      if (!isOfPicture(line) || line['room'] !== this.#room) return true;
      const { participant, at } = line as unknown as SentFrame;
      if (only === undefined || only.has(participant)) this.#add(participant, at);
      return false;
    });
    this.#server.log.splice(0, this.#server.log.length, ...rest);
    return this.#pictures === 0 ? Infinity : this.#longestMs;
  }

  #add(participant: string, at: number): void {
    const before = this.#last.get(participant);
    if (before !== undefined) this.#longestMs = Math.max(this.#longestMs, at - before);
    this.#last.set(participant, at);
    this.#pictures += 1;
  }
}
