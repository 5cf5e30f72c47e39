import type { Size } from '../geometry.ts';
import type { CanvasMatrix } from '../i420.ts';
import { drawable } from './fonts.ts';
import { drawHandBadge, drawLabel, drawMutedBadge, labelPadding } from './label.ts';
import { type Metrics, metricsOf } from './metrics.ts';
import { OfPeople } from './of-people.ts';
import { drawReactionBadge } from './reaction.ts';
import type { ReactionName } from './reaction-shapes.ts';
import { ringOf } from './ring.ts';
import { type PlacedSprite, type RgbaPicture, type Sprite, spriteOf } from './sprite.ts';
import { shortened, textWidth } from './text.ts';

/** What a tile is to tell about its participant. */
export interface TileState {
  readonly name: string;
  readonly muted: boolean;
  /** Whether a hand is raised. */
  readonly hand: boolean;
  /** What they react with, just now. */
  readonly reaction: ReactionName | null;
  readonly speaking: boolean;
  /** Whether the name is to be shown; a placeholder shows it itself. */
  readonly label: boolean;
}

/** What has been found for a state and a size. */
interface Found {
  readonly placed: readonly PlacedSprite[];
  /** False while something of it is still to be drawn. */
  readonly complete: boolean;
}

/** A label or badge; null where there is none. */
interface Part {
  readonly sprite: Sprite | null;
  /** False if it is still to be drawn. */
  readonly complete: boolean;
}

/** A name as it can be drawn, and its width in pixels. */
interface Measured {
  readonly text: string;
  readonly width: number;
}

/** Enough for every participant of a full room, muted and not, in two sizes. */
const capacity = 256;
/** States of tiles: of those that are seen now and have been just before. They hold borders of up to 100 KB. */
const foundCapacity = 128;
/** Pixels: smaller than this nobody knows one reaction from another. */
const leastReaction = 10;
/** A name that is cut has room in steps of so many pixels, so that a tile may grow without it being drawn again. */
const roomStep = 8;

/**
 * What lies over the tiles: name labels, mute badges, raised hands, reactions, speaking borders. Each is drawn once and kept. To be blended
 * after the tile is painted and before its corners are restored.
 */
export class Decorations {
  readonly #canvas: Size;
  readonly #matrix: CanvasMatrix;
  readonly #drawsPerFrame: number;
  readonly #lowest: number | undefined;
  #drawsLeft: number;
  #isComplete = true;
  readonly #found = new OfPeople<Found>(foundCapacity);
  readonly #sprites = new OfPeople<Sprite>(capacity);
  readonly #names = new OfPeople<Measured>(capacity);
  /** The last label of each name, in whatever size. */
  readonly #lastLabels = new OfPeople<Sprite>(capacity);

  /**
   * @param options - the size of the canvas, what colours it is in (BT.601 when omitted), how many drawings (see `of`) may
   * be made between two calls of `beginFrame` (any number when omitted), and the height of the lowest tile with a name
   */
  constructor(options: {
    canvas: Size;
    matrix?: CanvasMatrix;
    drawsPerFrame?: number;
    lowest?: number;
  }) {
    const { canvas, matrix = 'bt601', drawsPerFrame = Infinity } = options;
    this.#lowest = options.lowest;
    this.#canvas = canvas;
    this.#matrix = matrix;
    this.#drawsPerFrame = drawsPerFrame;
    this.#drawsLeft = drawsPerFrame;
  }

  /** A frame is to be composed. */
  beginFrame(): void {
    this.#drawsLeft = this.#drawsPerFrame;
    this.#isComplete = true;
  }

  /** Whether all that was asked for since then was complete. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Lets go of the labels of anybody else than these. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const each of [this.#found, this.#sprites, this.#names, this.#lastLabels]) {
      each.keepOnly(names);
    }
  }

  /**
   * What to blend over a tile of a size (even sides). The same array again means: nothing to be drawn again. What is
   * not drawn yet takes 0.2 to 1 ms; when its turn is not in this frame, an older label or none is in its place.
   */
  of(state: TileState, size: Size): readonly PlacedSprite[] {
    const { name, muted, hand, reaction, speaking, label } = state;
    const flags = `${muted ? 'm' : ''}${hand ? 'h' : ''}${speaking ? 's' : ''}${label ? 'l' : ''}`;
    const key = `${size.width}x${size.height} ${flags} ${reaction ?? ''} ${label ? name : ''}`;
    const before = this.#found.get(key);
    if (before?.complete === true) return before.placed;
    const found = before !== undefined && this.#drawsLeft <= 0 ? before : this.#find(state, size);
    if (found !== before) this.#found.set(key, found, label ? [name] : nobody);
    this.#isComplete &&= found.complete;
    return found.placed;
  }

  #find(state: TileState, size: Size): Found {
    const metrics = metricsOf(size, this.#canvas, this.#lowest);
    const { inset } = metrics;
    const border = state.speaking ? ringOf(size, metrics.radius, metrics.ring, this.#matrix) : [];
    const hand = this.#hand(state, metrics);
    const label = this.#labelOrBadge(state, size, metrics);
    const reaction = this.#reaction(state, metrics);
    const placed = [...border];
    if (hand.sprite) placed.push({ sprite: hand.sprite, x: inset, y: inset });
    if (label.sprite) {
      const y = size.height - inset - label.sprite.height;
      placed.push({ sprite: label.sprite, x: inset, y });
    }
    if (reaction.sprite) {
      const { width, height } = reaction.sprite;
      // Above where a name may be, which is shown or not.
      const below = metrics.legible ? metrics.chip + inset : 0;
      const [x, y] = [size.width - inset - width, size.height - inset - below - height];
      if (x >= 0 && y >= 0) placed.push({ sprite: reaction.sprite, x, y });
    }
    return { placed, complete: hand.complete && label.complete && reaction.complete };
  }

  #reaction({ reaction }: TileState, metrics: Metrics): Part {
    const { reaction: diameter } = metrics;
    if (reaction === null || diameter < leastReaction) return nothing;
    return this.#drawn(`reaction ${reaction} ${diameter}`, nobody, () =>
      drawReactionBadge(reaction, diameter),
    );
  }

  #hand(state: TileState, metrics: Metrics): Part {
    if (!state.hand || !metrics.badges) return nothing;
    return this.#drawn(`hand ${metrics.hand}`, nobody, () => drawHandBadge(metrics));
  }

  /** A label tells of the muting too; the badge is for tiles without one. */
  #labelOrBadge(state: TileState, size: Size, metrics: Metrics): Part {
    const label = state.label && metrics.legible ? this.#label(state, size, metrics) : nothing;
    if (label !== nothing || !state.muted || !metrics.badges) return label;
    return this.#drawn(`muted ${metrics.chip}`, nobody, () => drawMutedBadge(metrics));
  }

  #label({ name, muted }: TileState, size: Size, metrics: Metrics): Part {
    const { font, inset } = metrics;
    const room = size.width - 2 * inset - labelPadding(metrics, muted);
    if (room < 2 * font) return nothing;
    const measured = this.#measured(name, font);
    if (measured === null) return this.#oldLabel(name, size, inset);
    if (measured.text === '') return nothing;
    const whole = measured.width <= room;
    const cutTo = roomStep * Math.floor(room / roomStep);
    const key = `label ${font} ${String(muted)} ${whole ? '' : cutTo} ${name}`;
    const label = this.#drawn(key, [name], () =>
      drawLabel(whole ? measured : cut(measured.text, font, cutTo), muted, metrics),
    );
    if (label.sprite === null) return this.#oldLabel(name, size, inset);
    this.#lastLabels.set(name, label.sprite, [name]);
    return label;
  }

  #oldLabel(name: string, size: Size, inset: number): Part {
    const sprite = this.#lastLabels.get(name);
    const fits = sprite && sprite.width <= size.width - 2 * inset;
    return { sprite: fits ? sprite : null, complete: false };
  }

  /** Null while it is not measured yet, which takes as long as a drawing. */
  #measured(name: string, font: number): Measured | null {
    const key = `${font} ${name}`;
    let measured = this.#names.get(key);
    if (measured === undefined) {
      if (this.#drawsLeft <= 0) return null;
      const text = drawable(name);
      measured = { text, width: widthOf(text, font) };
      this.#names.set(key, measured, [name]);
    }
    return measured;
  }

  #drawn(key: string, names: readonly string[], draw: () => RgbaPicture): Part {
    let sprite = this.#sprites.get(key);
    if (sprite === undefined) {
      if (this.#drawsLeft <= 0) return { sprite: null, complete: false };
      this.#drawsLeft -= 1;
      sprite = spriteOf(draw(), this.#matrix);
      this.#sprites.set(key, sprite, names);
    }
    return { sprite, complete: true };
  }
}

const nobody: readonly string[] = [];
const nothing: Part = { sprite: null, complete: true };

const widthOf = (text: string, font: number): number => textWidth(text, { px: font, bold: false });

function cut(text: string, font: number, room: number): Measured {
  const part = shortened(text, room, (candidate) => widthOf(candidate, font));
  return { text: part, width: widthOf(part, font) };
}
