import type { Size } from './geometry.ts';
import { gridLayout } from './layout-grid.ts';
import { pipLayout } from './layout-pip.ts';
import { stripLayout, stripPages } from './layout-strip.ts';
import {
  tileOf,
  type Layout,
  type LayoutChoice,
  type LayoutMember,
  type LayoutMode,
} from './layout-types.ts';

/**
 * Who is where on a canvas: a pure function. Members come in join order, and tiles keep it, but for the large tile,
 * which is the first. All coordinates and sizes are even and inside the canvas, whose sides must be even, from 16 to
 * 8192; nothing overlaps except in `pip`. Everybody has a tile or is counted in the overflow, but for `single`.
 * `presentation` without a shared screen is `speaker`.
 */
export function layout(
  members: readonly LayoutMember[],
  mode: LayoutMode,
  canvas: Size,
  choice: LayoutChoice,
): Layout {
  const large = largeOf(members, mode, choice);
  if (large === undefined) return { tiles: [], overflow: null };
  switch (mode) {
    case 'grid':
      return gridLayout(members, canvas);
    case 'speaker':
    case 'presentation':
      return stripLayout(large, members, canvas, choice);
    case 'pip':
      return pipLayout(large, members, canvas);
    case 'single':
      return { tiles: [tileOf(large, { x: 0, y: 0, ...canvas })], overflow: null };
    default:
      return mode satisfies never;
  }
}

/**
 * How many pages there are to turn with `choice.page`: on one of them is everybody but the large one. 1 where there
 * is nothing to turn.
 */
export function pagesOf(
  members: readonly LayoutMember[],
  mode: LayoutMode,
  canvas: Size,
  choice: LayoutChoice,
): number {
  if (mode !== 'speaker' && mode !== 'presentation') return 1;
  const large = largeOf(members, mode, choice);
  return large === undefined ? 1 : stripPages(large, members, canvas);
}

/** What `auto` stands for now: `presentation` while somebody shares a screen, else `grid`. */
export function resolveMode(
  mode: LayoutMode | 'auto',
  members: readonly LayoutMember[],
): LayoutMode {
  if (mode !== 'auto') return mode;
  return members.some((member) => member.screen) ? 'presentation' : 'grid';
}

/**
 * The pinned, else the speaker, else the first; in `presentation` the pinned screen, else the first one, if there is
 * any.
 */
function largeOf(
  members: readonly LayoutMember[],
  mode: LayoutMode,
  { pinned, speaker }: LayoutChoice,
): LayoutMember | undefined {
  const screens = mode === 'presentation' ? members.filter((member) => member.screen) : [];
  if (screens.length > 0) return find(screens, pinned) ?? screens[0];
  return find(members, pinned) ?? find(members, speaker) ?? members[0];
}

function find(members: readonly LayoutMember[], id: string | null): LayoutMember | undefined {
  return id === null ? undefined : members.find((member) => member.id === id);
}
