import type { Rectangle } from './geometry.ts';

/** How the picture is arranged. */
export type LayoutMode = 'grid' | 'speaker' | 'presentation' | 'pip' | 'single';

/** What a layout needs to know about somebody in the picture. */
export interface LayoutMember {
  readonly id: string;
  /** Whether the video is a shared screen: fitted, never cropped. */
  readonly screen: boolean;
}

/** Who is to stand out, where the mode has a large tile. An id that is not among the members counts as null. */
export interface LayoutChoice {
  /** Chosen by somebody; goes before the speaker. */
  readonly pinned: string | null;
  /** Who speaks now, or spoke last. */
  readonly speaker: string | null;
  /**
   * Which of the others the strip of `speaker` and `presentation` shows, where it cannot hold all: a whole number
   * from 0, taken modulo the number of pages (see `pagesOf`).
   */
  readonly page: number;
}

/** `cover` crops the source to fill the tile, `contain` shows all of it between bars. */
export type Fit = 'cover' | 'contain';

/** The place of one member; coordinates and sizes are even. */
export interface Tile extends Rectangle {
  readonly id: string;
  readonly fit: Fit;
}

/** The place that stands for the members who have none; coordinates and sizes are even. */
export interface Overflow extends Rectangle {
  readonly count: number;
}

/** Who is where; later tiles lie on top (only `pip` overlaps). */
export interface Layout {
  readonly tiles: readonly Tile[];
  readonly overflow: Overflow | null;
}

/** A member's tile over a rectangle. */
export function tileOf(member: LayoutMember, { x, y, width, height }: Rectangle): Tile {
  return { id: member.id, x, y, width, height, fit: member.screen ? 'contain' : 'cover' };
}
