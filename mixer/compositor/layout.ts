import type { Size } from './geometry.ts';
import { gridLayout } from './layout-grid.ts';
import { pipLayout } from './layout-pip.ts';
import { stripLayout } from './layout-strip.ts';
import {
  tileOf,
  type Layout,
  type LayoutChoice,
  type LayoutMember,
  type LayoutMode,
} from './layout-types.ts';

/**
 * Who is where on a canvas: a pure function. Members come in join order, and tiles keep it. All coordinates and
 * sizes are even and inside the canvas, whose sides must be even; nothing overlaps except in `pip`.
 * `presentation` without a shared screen is `speaker`.
 */
export function layout(
  members: readonly LayoutMember[],
  mode: LayoutMode,
  canvas: Size,
  choice: LayoutChoice,
): Layout {
  const [first] = members;
  if (first === undefined) return { tiles: [], overflow: null };
  const chosen = find(members, choice.pinned) ?? find(members, choice.speaker) ?? first;
  switch (mode) {
    case 'grid':
      return gridLayout(members, canvas);
    case 'speaker':
      return stripLayout(chosen, members, canvas);
    case 'presentation':
      return stripLayout(screenOf(members, choice) ?? chosen, members, canvas);
    case 'pip':
      return pipLayout(chosen, members, canvas);
    case 'single':
      return { tiles: [tileOf(chosen, { x: 0, y: 0, ...canvas })], overflow: null };
    default:
      return mode satisfies never;
  }
}

/** What `auto` stands for now: `presentation` while somebody shares a screen, else `grid`. */
export function resolveMode(
  mode: LayoutMode | 'auto',
  members: readonly LayoutMember[],
): LayoutMode {
  if (mode !== 'auto') return mode;
  return members.some((member) => member.screen) ? 'presentation' : 'grid';
}

function find(members: readonly LayoutMember[], id: string | null): LayoutMember | undefined {
  return id === null ? undefined : members.find((member) => member.id === id);
}

/** The pinned screen, or the first one. */
function screenOf(
  members: readonly LayoutMember[],
  choice: LayoutChoice,
): LayoutMember | undefined {
  const screens = members.filter((member) => member.screen);
  return find(screens, choice.pinned) ?? screens[0];
}
