import type { Frame } from 'node-av/lib';
import {
  Compositor,
  type CompositorOptions,
  PageTurner,
  pagesOf,
  resolveMode,
  type SceneMember,
  type VideoSource,
} from '../compositor/index.ts';
import type { Script } from './script.ts';

/** Somebody who is in the picture now. */
export interface Shown {
  readonly id: string;
  readonly name: string;
  /** Null where there is no video to be had. */
  readonly source: VideoSource | null;
}

/** Who is heard to speak. */
export interface Speech {
  /** Who speaks, or spoke last; null before anybody has. */
  readonly speaker: string | null;
  /** Everybody who speaks now. */
  readonly speaking: readonly string[];
}

/** The pictures of those who are present, the way a script has them. */
export class Scene {
  readonly #compositor: Compositor;
  readonly #script: Script;
  readonly #size: { readonly width: number; readonly height: number };
  readonly #turner = new PageTurner();
  #pages = 1;
  /** What was last set, to be compared. */
  #set = '';
  #speaking = '[]';

  constructor(script: Script, options: CompositorOptions) {
    this.#script = script;
    this.#size = { width: options.width, height: options.height };
    this.#compositor = new Compositor(options);
  }

  /**
   * Draws a moment.
   *
   * @param present - In the order of their joins.
   * @param nowMs - Milliseconds of the output.
   * @returns A picture that stays as it is until the next call.
   */
  draw(present: readonly Shown[], { speaker, speaking }: Speech, nowMs: number): Frame {
    const members = present.map((shown) => this.#memberOf(shown));
    const mode = resolveMode(this.#script.mode, members);
    const { pinned } = this.#script;
    const set = JSON.stringify([
      members.map(({ id, screen, muted, source }) => [id, screen, muted, source !== null]),
      ...[mode, pinned, speaker],
    ]);
    const isNew = set !== this.#set;
    if (isNew) this.#turner.restart(nowMs);
    if (isNew || this.#turner.turn(nowMs, this.#pages)) {
      this.#set = set;
      const choice = { pinned, speaker, page: this.#turner.page };
      this.#pages = pagesOf(members, mode, this.#size, choice);
      this.#compositor.setScene(members, { mode, ...choice });
    }
    const speakers = JSON.stringify([...speaking].sort());
    if (speakers !== this.#speaking) {
      this.#speaking = speakers;
      this.#compositor.setSpeaking(speaking);
    }
    this.#compositor.compose(nowMs);
    return this.#compositor.frame;
  }

  /** Frees everything. Can be called twice. */
  close(): void {
    this.#compositor.close();
  }

  #memberOf({ id, name, source }: Shown): SceneMember {
    const { muted, videoOff, sharing } = this.#script.role(id);
    return {
      ...{ id, name, muted, hand: false },
      source: videoOff ? null : source,
      screen: sharing && !videoOff && source !== null,
    };
  }
}
