import type { Canvas } from './canvas.ts';
import type { Rectangle, Size } from './geometry.ts';
import type { Fit, Overflow, Tile } from './layout-types.ts';
import { type CornerPatches, restoreCorners, saveCorners } from './overlay/corners.ts';
import { radiusOf } from './overlay/metrics.ts';
import type { Decorations, TileState } from './overlay/decorations.ts';
import type { ReactionName } from './overlay/reaction-shapes.ts';
import { blend, type PlacedSprite } from './overlay/sprite.ts';
import type { Picture } from './picture.ts';
import type { Placeholders } from './placeholder.ts';
import type { SceneMember } from './scene.ts';
import { TilePainter } from './tile-painter.ts';
import type { Motion } from './transition.ts';

/** Whose place it is: somebody's, or that of all who have none. */
export type Occupant =
  | { readonly kind: 'member'; readonly tile: Tile; readonly member: SceneMember }
  | {
      readonly kind: 'overflow';
      readonly tile: Overflow;
      /** In join order. */
      readonly names: readonly string[];
    };

/** What all tiles are drawn with. */
export interface Studio {
  readonly canvas: Canvas;
  readonly placeholders: Placeholders;
  readonly decorations: Decorations;
  /** Whether names and badges are to be seen. */
  readonly labels: boolean;
  /** Ids of those who speak. */
  speaking: ReadonlySet<string>;
  /** What people react with just now, by their ids. */
  reactions: ReadonlyMap<string, ReactionName>;
}

/** How a tile looks; the same objects again mean that it looks the same. */
export interface Look {
  readonly picture: Picture;
  /** Over the picture; places from the tile's top left corner. */
  readonly sprites: readonly PlacedSprite[];
}

const unadorned: readonly PlacedSprite[] = [];

/** A tile on the canvas: what is to be seen in it, on which way it is, and what was drawn last. */
export class DrawnTile {
  #occupant: Occupant;
  #motion: Motion;
  readonly #painter = new TilePainter();
  /** Null if it has to be drawn however it looks. */
  #shown: Look | null = null;
  #corners: CornerPatches | undefined;

  constructor(occupant: Occupant, motion: Motion) {
    this.#occupant = occupant;
    this.#motion = motion;
  }

  /** Whose it is. */
  get occupant(): Occupant {
    return this.#occupant;
  }

  /** How it gets where it belongs. */
  get motion(): Motion {
    return this.#motion;
  }

  /** Takes a new scene's part for the same occupant. */
  update(occupant: Occupant, motion: Motion): void {
    if (fitOf(occupant) !== fitOf(this.#occupant)) this.#shown = null;
    this.#occupant = occupant;
    this.#motion = motion;
  }

  /** How it looks now in a size: that of its tile, or on the way there. */
  look({ placeholders, decorations, labels, speaking, reactions }: Studio, size: Size): Look {
    const occupant = this.#occupant;
    const { tile } = occupant;
    if (occupant.kind === 'overflow') {
      const picture = placeholders.overflow(occupant.tile.count, tile, occupant.names);
      return { picture, sprites: unadorned };
    }
    const { id, name, source, muted, hand } = occupant.member;
    const video = source?.latest() ?? null;
    const state: TileState = {
      name,
      muted: muted && labels,
      hand: hand && labels,
      reaction: (labels && reactions.get(id)) || null,
      speaking: speaking.has(id),
      label: labels && video !== null,
    };
    return {
      // Drawn for the tile: on the way there it is scaled.
      picture: video ?? placeholders.participant(name, tile),
      sprites: decorationsOf(decorations, state, tile, size),
    };
  }

  /** Whether it does not look as it was drawn last. */
  isNew({ picture, sprites }: Look): boolean {
    return picture !== this.#shown?.picture || sprites !== this.#shown.sprites;
  }

  /**
   * Draws everything of the tile.
   *
   * @param onNew - whether what is below its corners was drawn since it was, or it was elsewhere
   */
  draw(canvas: Canvas, place: Rectangle, look: Look, onNew: boolean): void {
    const { planes } = canvas;
    if (onNew) {
      this.#corners = saveCorners(planes, place, radiusOf(place, canvas), this.#corners);
    }
    this.#painter.paint(canvas, place, fitOf(this.#occupant), look.picture);
    for (const { sprite, x, y } of look.sprites) {
      blend(planes, sprite, place.x + x, place.y + y, place);
    }
    if (this.#corners !== undefined) restoreCorners(planes, place, this.#corners);
    this.#shown = look;
  }

  /** Frees what drawing needs. Can be called twice. */
  close(): void {
    this.#painter.close();
  }
}

function fitOf(occupant: Occupant): Fit {
  return occupant.kind === 'member' ? occupant.tile.fit : 'cover';
}

/**
 * What lies over a tile. On the way to its tile that keeps the size it is going to have, at the same distance from the
 * nearer of its edges: nothing is written anew for each step. Only the border is drawn for it.
 */
function decorationsOf(
  decorations: Decorations,
  state: TileState,
  tile: Size,
  size: Size,
): readonly PlacedSprite[] {
  const lower = size.height - tile.height;
  const aside = size.width - tile.width;
  if (lower === 0 && aside === 0) return decorations.of(state, tile);
  const written = decorations.of({ ...state, speaking: false }, tile).map(({ sprite, x, y }) => ({
    sprite,
    x: x < tile.width / 2 ? x : x + aside,
    y: y < tile.height / 2 ? y : y + lower,
  }));
  if (!state.speaking) return written;
  const border = { ...state, muted: false, hand: false, reaction: null, label: false };
  return [...decorations.of(border, size), ...written];
}
