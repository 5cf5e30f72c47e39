import type { Logger } from '../log.ts';

/** Where lines about one participant are written: always with their id, and that of the connection they have now. */
export class ParticipantLog {
  readonly #room: Logger;
  readonly #participant: string;
  #lines: Logger;

  /**
   * @param room - lines carry the room's name already
   * @param participant - their id
   * @param join - the id of their connection
   */
  constructor(room: Logger, participant: string, join: string) {
    this.#room = room;
    this.#participant = participant;
    this.#lines = room.child({ participant, join });
  }

  /** They are back by another connection. */
  rejoined(join: string): void {
    this.#lines = this.#room.child({ participant: this.#participant, join });
  }

  /** The log as it is now; not to be kept. */
  get lines(): Logger {
    return this.#lines;
  }
}
