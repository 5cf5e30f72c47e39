import type { Compositor, SceneMember } from '../../mixer/compositor/index.ts';
import { resolveMode } from '../../mixer/compositor/index.ts';
import type { LayoutMode } from '../protocol/common.ts';
import type { MediaMessage } from '../protocol/server.ts';

type LayoutMessage = Extract<MediaMessage, { type: 'layout' }>;

/** The active speaker of a layout stays for at least so long. */
const speakerHoldMs = 1500;

/** Who is in the picture and how it is arranged; says when that has changed. */
export class Scene {
  readonly #compositor: Compositor;
  readonly #canvas: { width: number; height: number };
  #mode: LayoutMode = 'auto';
  #pinned: string | null = null;
  #speaker: string | null = null;
  #speakerSinceMs = Number.NEGATIVE_INFINITY;
  #dirty = true;
  #told = '';

  constructor(compositor: Compositor, canvas: { width: number; height: number }) {
    this.#compositor = compositor;
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

  /** Rearranges the picture, for the whole room. */
  arrange(mode: LayoutMode, pinned: string | null): void {
    this.#mode = mode;
    this.#pinned = pinned;
    this.#dirty = true;
  }

  /** Takes who speaks now, loudest first. */
  setSpeakers(speakers: readonly string[], nowMs: number): void {
    const [loudest] = speakers;
    if (loudest === undefined || (this.#speaker !== null && speakers.includes(this.#speaker))) {
      return;
    }
    if (nowMs - this.#speakerSinceMs < speakerHoldMs) return;
    this.#speaker = loudest;
    this.#speakerSinceMs = nowMs;
    this.#dirty = true;
  }

  /**
   * Brings the compositor up to date, if need be.
   * @param members - everybody with a tile, in join order
   * @returns the message for the receivers, if their picture is another now
   */
  update(members: () => readonly SceneMember[]): LayoutMessage | undefined {
    if (!this.#dirty) return undefined;
    this.#dirty = false;
    const all = members();
    this.#compositor.setScene(all, {
      mode: resolveMode(this.#mode, all),
      pinned: this.#pinned,
      speaker: this.#speaker,
    });
    const { tiles, overflow } = this.#compositor;
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
    return message;
  }
}
