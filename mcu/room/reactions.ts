import { type ReactionName, reactionsByEmoji } from '../../mixer/compositor/index.ts';
import type { Reaction } from '../protocol/common.ts';

/** How long a reaction is shown, milliseconds. */
const shownMs = 4000;

const names: Readonly<Record<Reaction, ReactionName>> = reactionsByEmoji;

/** Who reacts just now, and with what: the last of each, for a few seconds. */
export class Reactions {
  readonly #ends = new Map<string, number>();
  #shown: ReadonlyMap<string, ReactionName> = new Map();

  /** What is to be shown, by the ids of those who react. */
  get shown(): ReadonlyMap<string, ReactionName> {
    return this.#shown;
  }

  /** Somebody reacts. @param nowMs - milliseconds of the room's clock */
  react(id: string, reaction: Reaction, nowMs: number): void {
    this.#ends.set(id, nowMs + shownMs);
    this.#shown = new Map([...this.#shown, [id, names[reaction]]]);
  }

  /** Ends what was shown for long enough; call it a few times a second. @returns whether there was any */
  expire(nowMs: number): boolean {
    const before = this.#ends.size;
    for (const [id, endMs] of this.#ends) if (endMs <= nowMs) this.#ends.delete(id);
    if (this.#ends.size === before) return false;
    this.#shown = new Map([...this.#shown].filter(([id]) => this.#ends.has(id)));
    return true;
  }
}
