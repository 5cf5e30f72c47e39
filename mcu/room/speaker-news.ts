/** Whoever has hardly any room hears of it so often at most: five messages a second take 8 kbit/s. */
const narrowIntervalMs = 1000;

/** Whom to tell who speaks. */
export interface SpeakerTelling {
  /** Everybody, but for these; null: nobody. */
  readonly except: readonly string[] | null;
  /** These alone. */
  readonly only: readonly string[];
}

/** Tells who speaks to whom: on every change, and now and then to receivers on narrow paths. */
export class SpeakerNews {
  #told = '';
  readonly #narrow = new Map<string, { told: string; atMs: number }>();

  /**
   * Call it a few times a second.
   * @param speakers - loudest first
   * @param narrow - who has hardly any room
   */
  next(speakers: readonly string[], narrow: readonly string[], nowMs: number): SpeakerTelling {
    const now = speakers.join();
    const isNews = now !== this.#told;
    this.#told = now;
    for (const id of this.#narrow.keys()) if (!narrow.includes(id)) this.#narrow.delete(id);
    const only: string[] = [];
    for (const id of narrow) {
      const last = this.#narrow.get(id) ?? { told: '', atMs: Number.NEGATIVE_INFINITY };
      if (last.told === now || nowMs - last.atMs < narrowIntervalMs) continue;
      this.#narrow.set(id, { told: now, atMs: nowMs });
      only.push(id);
    }
    return { except: isNews ? narrow : null, only };
  }
}
