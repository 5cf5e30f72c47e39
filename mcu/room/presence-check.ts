import type { PathMetrics } from '../path-metrics.ts';
import type { RoomEvent } from '../protocol/ipc.ts';
import { inTurns } from './in-turns.ts';
import type { GoneReason, RoomParticipant } from './participant.ts';
import type { People } from './people.ts';

const words: Readonly<Record<GoneReason, string>> = {
  timeout: 'nothing heard of participant',
  closed: 'participant hung up',
};

/** Finds who is gone, and tells the gateway: it is the one to remove them. */
export class PresenceCheck {
  readonly #people: People;
  readonly #metrics: Pick<PathMetrics, 'timeouts'>;
  readonly #send: (event: RoomEvent) => void;
  /** Those of whom an answer is awaited still, by their ids. */
  readonly #checking = new Set<string>();
  /** Whether somebody has not been looked at yet. */
  #isLooking = false;

  /** @param send - to the gateway */
  constructor(
    people: People,
    metrics: Pick<PathMetrics, 'timeouts'>,
    send: (event: RoomEvent) => void,
  ) {
    this.#people = people;
    this.#metrics = metrics;
    this.#send = send;
  }

  /** Takes a look at everybody; call it a few times a second. */
  look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    void inTurns([...this.#people], (participant) => void this.#check(participant)).finally(() => {
      this.#isLooking = false;
    });
  }

  async #check(participant: RoomParticipant): Promise<void> {
    const { id } = participant;
    if (this.#checking.has(id) || this.#people.get(id) !== participant) return;
    this.#checking.add(id);
    try {
      const reason = await participant.whyGone();
      if (reason === null || this.#people.get(id) !== participant) return;
      if (reason === 'timeout') this.#metrics.timeouts.inc();
      participant.log.info(words[reason]);
      this.#send({ type: 'gone', participantId: id, reason });
    } catch (error) {
      participant.log.error({ err: error }, 'presence check failed');
    } finally {
      this.#checking.delete(id);
    }
  }
}
