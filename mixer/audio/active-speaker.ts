/** How much of the last second somebody must have spoken to take the place: more than a cough or a "mhm". */
const attackMs = 360;
/** Nobody takes the place within this time of the last change. */
const holdMs = 1500;
/**
 * From somebody who still speaks the place is taken by who is this many times as prominent: who has spoken three times as
 * much of the second as they have, or is 20 dB louder, as one is than the television behind somebody.
 */
const dominance = 3;

/** Somebody who may speak. */
export interface Talker {
  /** Who it is. */
  readonly id: string;
  /** How much of the last second they spoke, in milliseconds. */
  readonly speechMs: number;
  /** How much and how loud that was, to be compared with others'. */
  readonly prominence: number;
}

/**
 * Decides whose place it is to be shown large.
 *
 * The place is taken by whoever has spoken for long enough within the last second; from somebody who still speaks only by
 * who dominates them, so that two who talk at once do not take turns, and never soon after the last change. In silence it
 * stays with who spoke last.
 *
 * This is a small relative of I. Volfin and I. Cohen, "Dominant speaker identification for multipoint videoconferencing",
 * Computer Speech and Language 27, 2013: what they score over three spans of time is counted over one here, because a speech
 * detector has left little of what their long span is for.
 *
 * It has no clock: the same calls give the same answers.
 */
export class ActiveSpeaker {
  #id: string | undefined;
  #sinceMs = 0;

  /** Who has the place; undefined before anybody has spoken and after they have left. */
  get id(): string | undefined {
    return this.#id;
  }

  /**
   * Takes what was heard. To be called often: at least a few times a second.
   *
   * @param nowMs - The time of the sound in milliseconds, from any beginning.
   * @param talkers - Everybody who is there, silent or not. Who has the place and is not among them has left.
   */
  update(nowMs: number, talkers: readonly Talker[]): void {
    let holder: Talker | undefined;
    let challenger: Talker | undefined;
    for (const talker of talkers) {
      if (talker.id === this.#id) holder = talker;
      else if (talker.speechMs >= attackMs && talker.prominence > (challenger?.prominence ?? 0))
        challenger = talker;
    }
    if (!holder) this.#id = undefined;
    if (!challenger) return;
    if (holder) {
      if (nowMs - this.#sinceMs < holdMs) return;
      if (challenger.prominence < dominance * holder.prominence) return;
    }
    this.#id = challenger.id;
    this.#sinceMs = nowMs;
  }
}
