import type { SceneMember } from '../../mixer/compositor/index.ts';
import type { RoomParticipant } from './participant.ts';

/** Who is in a room. */
export class People implements Iterable<RoomParticipant> {
  readonly #byId = new Map<string, RoomParticipant>();

  /** Everybody, as they came to this process. */
  [Symbol.iterator](): Iterator<RoomParticipant> {
    return this.#byId.values();
  }

  /** Who has this id; undefined: they are not in the room, or not any more. */
  get(id: string): RoomParticipant | undefined {
    return this.#byId.get(id);
  }

  /** Somebody comes. */
  add(participant: RoomParticipant): void {
    this.#byId.set(participant.id, participant);
  }

  /** Somebody leaves. */
  remove(participant: RoomParticipant): void {
    this.#byId.delete(participant.id);
  }

  /** Those with a tile. */
  get shown(): RoomParticipant[] {
    return [...this].filter(({ watches }) => !watches);
  }

  /** What the picture shows of them. Who comes back after a while is at their place again. */
  get members(): SceneMember[] {
    return this.shown
      .sort((a, b) => a.order - b.order)
      .map((participant) => ({
        id: participant.id,
        name: participant.name,
        screen: participant.screen,
        source: participant,
        muted: participant.muted,
        hand: participant.hand,
      }));
  }

  /** The ids of those to whom little should be said. */
  get narrow(): string[] {
    return [...this].filter(({ isNarrow }) => isNarrow).map(({ id }) => id);
  }
}
