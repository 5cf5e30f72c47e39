import type { LayoutChoice, LayoutMember, LayoutMode } from './layout-types.ts';
import type { Picture } from './picture.ts';

/** Where the pictures of a participant come from. */
export interface VideoSource {
  /**
   * The newest picture, or null while there is none. The same object again means: nothing new, so that the tile is not
   * drawn again. Asked in every `compose` while the source is in the scene, and not after.
   */
  latest(): Picture | null;
}

/** Somebody in the picture. */
export interface SceneMember extends LayoutMember {
  readonly name: string;
  /** Null without video: the tile shows initials and name. */
  readonly source: VideoSource | null;
  /** Whether a struck-out microphone is shown. */
  readonly muted: boolean;
  /** Whether a raised hand is shown. */
  readonly hand: boolean;
}

/** How a scene is arranged. */
export interface SceneLayout extends LayoutChoice {
  readonly mode: LayoutMode;
}
