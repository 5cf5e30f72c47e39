import { SvelteMap } from 'svelte/reactivity';
import type { ReactionName } from '../../mixer/compositor/overlay/reaction-shapes.ts';

/** As long as the composite shows them, milliseconds. */
const shownMs = 4000;

interface Entry {
  readonly name: ReactionName;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Who reacts just now, for what the page draws over the composite or in place of it. */
export class ShownReactions {
  readonly #entries = new SvelteMap<string, Entry>();

  /** What is shown of somebody. */
  of(id: string): ReactionName | null {
    return this.#entries.get(id)?.name ?? null;
  }

  /** Shows it for a few seconds. */
  show(id: string, name: ReactionName): void {
    clearTimeout(this.#entries.get(id)?.timer);
    const timer = setTimeout(() => this.#entries.delete(id), shownMs);
    this.#entries.set(id, { name, timer });
  }

  /** Shows nothing any more. */
  clear(): void {
    for (const { timer } of this.#entries.values()) clearTimeout(timer);
    this.#entries.clear();
  }
}
