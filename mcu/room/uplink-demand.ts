import {
  type KindOfVideo,
  type VideoDemand,
  videoDemand,
  wantedFps,
  wantedHeight,
} from './uplink-size.ts';

/** A width and a height, in canvas pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where everybody is, after any transition. */
export interface Arrangement {
  readonly tiles: readonly (Size & { readonly id: string })[];
  /** The place of those who have none; as large as the tiles of the others. */
  readonly overflow: Size | null;
  /** Whether whoever has no tile is on another page, which comes by itself. */
  readonly turns: boolean;
}

/** The largest rung somebody watches. */
export interface Watched {
  /** Its height against the canvas'; 0: nobody watches any picture. */
  readonly scale: number;
  /** The pictures it shows in a second. */
  readonly fps: number;
}

/** What is wanted of somebody at one time, and was last at `atMs`; height and rate are 0 for no video. */
interface Want {
  readonly height: number;
  readonly fps: number;
  readonly atMs: number;
}

interface Asked {
  kind: KindOfVideo;
  /** All that was wanted within the hold, each once. */
  wants: Want[];
  height: number;
  fps: number;
}

/**
 * What each browser is asked to send: as many pixels as the largest rung in use shows of it, more at once and less only
 * after a time, which makes it the largest of all that was wanted within that time: layouts that change back and forth must
 * not restart cameras.
 */
export class UplinkDemands {
  readonly #canvas: Size;
  readonly #fps: number;
  readonly #holdMs: number;
  readonly #asked = new Map<string, Asked>();

  /**
   * @param canvas - size of the composite
   * @param fps - its rate
   * @param holdMs - how long less is wanted before less is asked for
   */
  constructor(canvas: Size, fps: number, holdMs: number) {
    this.#canvas = canvas;
    this.#fps = fps;
    this.#holdMs = holdMs;
  }

  /**
   * Call it on every change, and a few times a second for what is held.
   *
   * A newcomer is asked as a viewer of the whole canvas, which they are about to be, whoever watches now.
   * @param people - everybody; who is not among them is forgotten
   * @param nowMs - milliseconds of the room's clock
   * @returns what is to be asked of whom now; nobody who was asked for the same
   */
  update(
    people: Iterable<{ readonly id: string; readonly screen: boolean }>,
    arrangement: Arrangement,
    watched: Watched,
    nowMs: number,
  ): ReadonlyMap<string, VideoDemand> {
    const changes = new Map<string, VideoDemand>();
    const present = new Set<string>();
    for (const { id, screen } of people) {
      present.add(id);
      const kind: KindOfVideo = screen ? 'screen' : 'camera';
      const known = this.#asked.get(id);
      // A camera and a screen are wanted for themselves: neither holds what was asked of the other.
      const asked = known?.kind === kind ? known : { kind, wants: [], height: -1, fps: -1 };
      this.#asked.set(id, asked);
      const seenBy = known === undefined ? { scale: 1, fps: this.#fps } : watched;
      remember(asked, this.#want(id, kind, arrangement, seenBy, nowMs), this.#holdMs);
      const height = Math.max(...asked.wants.map((want) => want.height));
      const fps = Math.max(...asked.wants.map((want) => want.fps));
      if (height === asked.height && fps === asked.fps) continue;
      Object.assign(asked, { height, fps });
      changes.set(id, videoDemand(height, fps, kind));
    }
    for (const id of this.#asked.keys()) if (!present.has(id)) this.#asked.delete(id);
    return changes;
  }

  #want(
    id: string,
    kind: KindOfVideo,
    { tiles, overflow, turns }: Arrangement,
    watched: Watched,
    atMs: number,
  ): Want {
    const place = tiles.find((tile) => tile.id === id) ?? (turns ? overflow : null);
    if (place === null || watched.scale === 0) return { height: 0, fps: 0, atMs };
    return {
      height: wantedHeight(place, this.#canvas, watched.scale),
      fps: wantedFps(place, this.#canvas, watched.fps, kind),
      atMs,
    };
  }
}

/** Takes a new want, and forgets those that were last there longer ago than is held. */
function remember(asked: Asked, want: Want, holdMs: number): void {
  const held = asked.wants.filter(
    ({ height, fps, atMs }) =>
      want.atMs - atMs < holdMs && (height !== want.height || fps !== want.fps),
  );
  asked.wants = [...held, want];
}
