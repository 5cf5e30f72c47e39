import type { Frame } from 'node-av/lib';
import { Canvas } from './canvas.ts';
import { DrawnTile, type Occupant, type Studio } from './drawn-tile.ts';
import { cut, drawFaded, paste, type Patch } from './fade.ts';
import { overlaps, type Rectangle, type Size } from './geometry.ts';
import type { CanvasMatrix } from './i420.ts';
import { layout } from './layout.ts';
import { scaledLayout } from './layout-scaled.ts';
import type { Layout, Overflow, Tile } from './layout-types.ts';
import { Decorations } from './overlay/decorations.ts';
import { leastLegible, leastLegibleScaled } from './overlay/metrics.ts';
import type { ReactionName } from './overlay/reaction-shapes.ts';
import { Placeholders } from './placeholder.ts';
import type { SceneLayout, SceneMember } from './scene.ts';
import {
  arrival,
  departure,
  hasArrived,
  inDrawingOrder,
  isReplaced,
  placeAt,
  redirected,
  still,
  type Motion,
  type Place,
} from './transition.ts';

/** What a {@link Compositor} is made with. */
export interface CompositorOptions {
  /** Pixels; an even number from 2 to 8192. */
  readonly width: number;
  /** Pixels; an even number from 2 to 8192. */
  readonly height: number;
  /**
   * The canvas that everybody is arranged on, where that is another: the picture is of its proportions, and shows the same
   * tiles in another size, with labels that suit that. Even sides; the size of the picture if omitted.
   */
  readonly layoutSize?: Size;
  /** How many placeholder pictures (3 to 8 ms each) one `compose` may draw; the others follow. No limit if omitted. */
  readonly placeholdersPerFrame?: number;
  /** Whether names and badges are to be seen over the pictures; true if omitted. Who has no picture is named anyway. */
  readonly labels?: boolean;
  /** How long it takes to get from one arrangement to another, in milliseconds; 250 if omitted, 0: at once. */
  readonly transitionMs?: number;
  /** What colours are made with; BT.601 if omitted. Native pictures that are tagged otherwise are converted. */
  readonly matrix?: CanvasMatrix;
}

/** The picture of somebody who has gone, fading. */
interface Ghost {
  readonly patch: Patch;
  readonly motion: Motion;
}

/** A scene that is not drawn yet. */
interface Next extends Layout {
  readonly members: readonly SceneMember[];
}

/**
 * Composes the pictures of a scene on one persistent canvas. Draws only what changed since the last time; waits for
 * nobody: a source that has nothing new keeps its last picture. From one arrangement to another everybody moves,
 * and goes on being shown; who joins fades in, who leaves fades out.
 */
export class Compositor {
  readonly #canvas: Canvas;
  readonly #layoutSize: Size;
  readonly #studio: Studio;
  #transitionMs: number;
  #layout: Layout = { tiles: [], overflow: null };
  #next: Next | null = null;
  /** Of everybody in the scene. */
  #names: ReadonlySet<string> = new Set();
  /** In the order of the layout. */
  #drawn: readonly DrawnTile[] = [];
  #ghosts: readonly Ghost[] = [];
  /** When the canvas was composed last. */
  #composedMs = Number.NEGATIVE_INFINITY;
  /** Whether what is on the canvas is not where it belongs. */
  #displaced = true;

  /** @throws TypeError unless both sides are even integers from 2 to 8192 and `transitionMs` is 0 or more */
  constructor(options: CompositorOptions) {
    const {
      width,
      height,
      layoutSize = { width, height },
      placeholdersPerFrame,
      labels = true,
      transitionMs = 250,
      matrix,
    } = options;
    checkTransition(transitionMs, 'options.transitionMs, when provided,');
    const canvas = new Canvas(width, height, matrix);
    this.#canvas = canvas;
    this.#layoutSize = layoutSize;
    const lowest = layoutSize.height > height ? leastLegibleScaled : leastLegible;
    this.#studio = {
      canvas,
      placeholders: new Placeholders(placeholdersPerFrame, canvas.matrix, lowest),
      decorations: new Decorations({
        canvas,
        matrix: canvas.matrix,
        drawsPerFrame: placeholdersPerFrame ?? Infinity,
        lowest,
      }),
      labels,
      speaking: new Set(),
      reactions: new Map(),
    };
    this.#transitionMs = transitionMs;
  }

  /** The picture; not to be composed on (nor this closed) while an encoder reads it. */
  get frame(): Frame {
    return this.#canvas.frame;
  }

  /**
   * Whether the last `compose` drew everything there is to be drawn. False while placeholders or labels wait for their turn
   * (see {@link CompositorOptions}).
   */
  get isComplete(): boolean {
    const { placeholders, decorations } = this.#studio;
    return this.#next === null && placeholders.isComplete && decorations.isComplete;
  }

  /** Where everybody is after any transition, in pixels of the picture. */
  get tiles(): readonly Tile[] {
    return this.#layout.tiles;
  }

  /** Where those without a tile are counted, after any transition. */
  get overflow(): Overflow | null {
    return this.#layout.overflow;
  }

  /**
   * Sets who is in the picture, in join order, and how it is arranged. Takes effect with the next `compose`; pictures of
   * sources that are gone are not read any more.
   */
  setScene(members: readonly SceneMember[], arrangement: SceneLayout): void {
    const arranged = layout(members, arrangement.mode, this.#layoutSize, arrangement);
    this.#layout = scaledLayout(arranged, this.#layoutSize, this.#canvas);
    this.#next = { ...this.#layout, members };
  }

  /** Sets who speaks: they get a border, with the next `compose`. Ids that are not in the picture count for nothing. */
  setSpeaking(ids: readonly string[]): void {
    this.#studio.speaking = new Set(ids);
  }

  /** Sets what people react with, by their ids: it is shown on their tiles from the next `compose` on, until it is not set. */
  setReactions(reactions: ReadonlyMap<string, ReactionName>): void {
    this.#studio.reactions = new Map(reactions);
  }

  /**
   * Changes how long it takes to get from one arrangement to another; 0: at once, also for who is on their way.
   * @throws TypeError unless it is 0 or more
   */
  setTransitionMs(transitionMs: number): void {
    checkTransition(transitionMs, 'transitionMs');
    this.#transitionMs = transitionMs;
  }

  /**
   * Brings the canvas up to date, at once. Costs about 0.15 ms for each tile with a new picture (360p to a ninth of
   * 720p), and nothing for others; during a transition all are drawn.
   *
   * @param nowMs - milliseconds of any clock that does not go back. A new scene's transition begins at the time of the
   * last call, when the old one was drawn.
   */
  compose(nowMs: number): { changed: boolean } {
    this.#canvas.beginDrawing();
    this.#studio.placeholders.beginFrame();
    this.#studio.decorations.beginFrame();
    if (this.#next !== null) this.#arrange(this.#next);
    this.#next = null;
    this.#composedMs = nowMs;
    if (!this.#displaced) return { changed: this.#drawNews() };
    this.#ghosts = this.#ghosts.filter(({ motion }) => !this.#hasArrived(motion));
    this.#drawAll();
    this.#displaced =
      this.#ghosts.length > 0 || this.#drawn.some(({ motion }) => !this.#hasArrived(motion));
    return { changed: true };
  }

  /** Frees the canvas and all scalers. Can be called twice. */
  close(): void {
    for (const tile of this.#drawn) tile.close();
    this.#drawn = [];
    this.#ghosts = [];
    this.#canvas.close();
  }

  /** Lets go of what was drawn for those who have gone: 0.1 to 0.4 ms a time, and nothing while nobody has. */
  #forgetAllBut(names: ReadonlySet<string>): void {
    const before = this.#names;
    this.#names = names;
    for (const name of before) {
      if (names.has(name)) continue;
      this.#studio.placeholders.keepOnly(names);
      this.#studio.decorations.keepOnly(names);
      return;
    }
  }

  #hasArrived(motion: Motion): boolean {
    return hasArrived(motion, this.#composedMs, this.#transitionMs);
  }

  #placeAt(motion: Motion): Place {
    return placeAt(motion, this.#composedMs, this.#transitionMs);
  }

  /** Sends everybody on their way to a new scene, from what the canvas shows. */
  #arrange(next: Next): void {
    this.#forgetAllBut(new Set(next.members.map(({ name }) => name)));
    const startMs = this.#composedMs;
    const isEmpty = this.#drawn.length === 0 && this.#ghosts.length === 0;
    const before = new Map(this.#drawn.map((tile) => [keyOf(tile.occupant), tile]));
    this.#drawn = occupantsOf(next).map((occupant) => {
      const key = keyOf(occupant);
      const { tile } = occupant;
      const drawn = before.get(key);
      if (drawn === undefined || isReplaced(drawn.motion, tile, next.tiles)) {
        this.#displaced = true;
        return new DrawnTile(occupant, isEmpty ? still(tile) : arrival(tile, startMs));
      }
      before.delete(key);
      const motion = redirected(drawn.motion, tile, startMs, this.#transitionMs);
      this.#displaced ||= motion !== drawn.motion;
      drawn.update(occupant, motion);
      return drawn;
    });
    if (before.size === 0) return;
    this.#displaced = true;
    const gone = [...before.values()];
    this.#ghosts = [...this.#ghosts, ...gone.flatMap(({ motion }) => this.#ghostsOf(motion))];
    for (const tile of gone) tile.close();
  }

  /** What is to be seen, now, of somebody who has gone. */
  #ghostsOf(motion: Motion): Ghost[] {
    const place = this.#placeAt(motion);
    if (place.opacity === 0) return [];
    // What is cut out is as faded as they were.
    const whole = { ...place, opacity: 1 };
    return [{ patch: cut(this.#canvas, place), motion: departure(whole, this.#composedMs) }];
  }

  #drawAll(): void {
    const canvas = this.#canvas;
    canvas.clear();
    for (const { patch, motion } of this.#ghosts) {
      const { opacity } = this.#placeAt(motion);
      // Slowly at first: where somebody else fades in, the background shall not be seen through both.
      drawFaded(canvas, patch, 1 - (1 - opacity) ** 2, () => paste(canvas, patch));
    }
    for (const tile of inDrawingOrder(this.#drawn)) {
      const place = this.#placeAt(tile.motion);
      const look = tile.look(this.#studio, place);
      drawFaded(canvas, place, place.opacity, () => tile.draw(canvas, place, look, true));
    }
  }

  /** Draws the tiles that have changed, and what lies on them. */
  #drawNews(): boolean {
    const drawn: Rectangle[] = [];
    for (const tile of this.#drawn) {
      const place = tile.occupant.tile;
      const look = tile.look(this.#studio, place);
      const isCovered = drawn.some((below) => overlaps(below, place));
      if (!isCovered && !tile.isNew(look)) continue;
      tile.draw(this.#canvas, place, look, isCovered);
      drawn.push(place);
    }
    return drawn.length > 0;
  }
}

function checkTransition(transitionMs: number, what: string): void {
  if (transitionMs >= 0 && transitionMs < Infinity) return;
  throw new TypeError(`${what} must be a number of at least 0.`);
}

function occupantsOf({ tiles, overflow, members }: Next): Occupant[] {
  const rest = new Map(members.map((member) => [member.id, member]));
  const occupants = tiles.flatMap((tile): Occupant[] => {
    const member = rest.get(tile.id);
    rest.delete(tile.id);
    return member === undefined ? [] : [{ kind: 'member', tile, member }];
  });
  if (overflow === null) return occupants;
  const names = Array.from(rest.values(), ({ name }) => name);
  return [...occupants, { kind: 'overflow', tile: overflow, names }];
}

/** What stays the same of an occupant from scene to scene; ids are any text. */
function keyOf(occupant: Occupant): string {
  return occupant.kind === 'member' ? `member ${occupant.tile.id}` : occupant.kind;
}
