import type { LayoutMode } from '../../mcu/protocol/common.ts';
import type { RoomView } from './client/index.ts';

/** How the picture is to be arranged for the whole room. */
export interface Arrangement {
  readonly mode: LayoutMode;
  readonly pinned: string | null;
}

/**
 * The arrangement after somebody's tile was chosen. Pins them, and has them large where the mode alone would not; who is
 * pinned is let go, and the picture goes back to what it was arranged like before.
 *
 * @param before - the mode when somebody was pinned, if this page did it
 */
export function togglePin(
  view: Pick<RoomView, 'mode' | 'pinned' | 'participants'>,
  id: string,
  before: LayoutMode | null,
): Arrangement {
  const { mode, pinned, participants } = view;
  if (pinned === id) return { mode: mode === 'speaker' ? (before ?? 'auto') : mode, pinned: null };
  const shares = participants.filter(({ source, video }) => source === 'screen' && video);
  // A presentation shows a screen large, whoever is pinned.
  const isHidden = mode === 'presentation' && shares.every((each) => each.id !== id);
  const needsSpeaker = mode === 'auto' || mode === 'grid' || (isHidden && shares.length > 0);
  return { mode: needsSpeaker ? 'speaker' : mode, pinned: id };
}

/** The arrangement after a mode was chosen: who is pinned stays so where the mode has a large tile for them. */
export function chooseMode(view: Pick<RoomView, 'pinned'>, mode: LayoutMode): Arrangement {
  return { mode, pinned: mode === 'auto' || mode === 'grid' ? null : view.pinned };
}
