import type { Layout, SceneMember } from '../../mixer/compositor/index.ts';
import { layout, PageTurner, pagesOf, resolveMode } from '../../mixer/compositor/index.ts';
import type { LayoutMode } from '../protocol/common.ts';
import type { MediaMessage } from '../protocol/server.ts';
import type { Stage } from './stage.ts';
import type { Arrangement } from './uplink-demand.ts';

type LayoutMessage = Extract<MediaMessage, { type: 'layout' }>;

/** Who is in the picture and how it is arranged; says when that has changed. */
export class Scene {
  readonly #stage: Pick<Stage, 'setScene'>;
  readonly #canvas: { width: number; height: number };
  #mode: LayoutMode = 'auto';
  #pinned: string | null = null;
  #speaker: string | null = null;
  readonly #turner = new PageTurner();
  #pages = 1;
  #layout: Layout = { tiles: [], overflow: null };
  #dirty = true;
  #told = '';
  #last: LayoutMessage | undefined;

  /**
   * @param stage - what it is shown on
   * @param canvas - of the largest picture, in pixels: everybody is told their place on that
   */
  constructor(stage: Pick<Stage, 'setScene'>, canvas: { width: number; height: number }) {
    this.#stage = stage;
    this.#canvas = canvas;
  }

  /** Somebody came, left or changed what they show. */
  touch(): void {
    this.#dirty = true;
  }

  /** Somebody has not been told yet how the picture is arranged. */
  tellAgain(): void {
    this.#told = '';
  }

  /** How receivers were last told that it is arranged; undefined before. */
  get told(): LayoutMessage | undefined {
    return this.#last;
  }

  /** Rearranges the picture, for the whole room. */
  arrange(mode: LayoutMode, pinned: string | null): void {
    this.#mode = mode;
    this.#pinned = pinned;
    this.#dirty = true;
  }

  /** Takes who is to be large where the layout follows the sound: who speaks, or spoke last. */
  setSpeaker(speaker: string | undefined): void {
    if (speaker === undefined || speaker === this.#speaker) return;
    this.#speaker = speaker;
    this.#dirty = true;
  }

  /** Where everybody is, on the largest picture. */
  get arrangement(): Arrangement {
    return { ...this.#layout, turns: this.#pages > 1 };
  }

  /** Turns the page of the strip when it is time; call it a few times a second. */
  turnPage(nowMs: number): void {
    if (this.#dirty) this.#turner.restart(nowMs);
    else if (this.#turner.turn(nowMs, this.#pages)) this.#dirty = true;
  }

  /**
   * Brings the stage up to date, if need be.
   * @param members - everybody with a tile, in join order
   * @returns the message for the receivers, if their picture is another now
   */
  update(members: () => readonly SceneMember[]): LayoutMessage | undefined {
    if (!this.#dirty) return undefined;
    this.#dirty = false;
    const all = members();
    const mode = resolveMode(this.#mode, all);
    const choice = { pinned: this.#pinned, speaker: this.#speaker, page: this.#turner.page };
    this.#pages = pagesOf(all, mode, this.#canvas, choice);
    this.#stage.setScene(all, { mode, ...choice });
    this.#layout = layout(all, mode, this.#canvas, choice);
    const { tiles, overflow } = this.#layout;
    const message: LayoutMessage = {
      type: 'layout',
      mode: this.#mode,
      pinned: this.#pinned,
      canvas: this.#canvas,
      tiles: tiles.map(({ id, x, y, width, height }) => ({
        participantId: id,
        x,
        y,
        width,
        height,
      })),
      overflow: overflow && {
        count: overflow.count,
        x: overflow.x,
        y: overflow.y,
        width: overflow.width,
        height: overflow.height,
      },
    };
    const text = JSON.stringify(message);
    if (text === this.#told) return undefined;
    this.#told = text;
    this.#last = message;
    return message;
  }
}
