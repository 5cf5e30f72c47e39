import type { Reaction } from '../../mcu/protocol/common.ts';
import {
  type ReactionName,
  reactionsByEmoji,
} from '../../mixer/compositor/overlay/reaction-shapes.ts';

const names: Readonly<Record<Reaction, ReactionName>> = reactionsByEmoji;

/** The reactions there are, as they are sent and as they are drawn, in the order they are offered. */
export const reactions = Object.entries(names) as [Reaction, ReactionName][];

/** The drawing of a reaction; null of one that this page does not know. */
export function reactionOf(emoji: string): ReactionName | null {
  return reactions.find(([each]) => each === emoji)?.[1] ?? null;
}
