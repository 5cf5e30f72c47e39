import type { Participant } from '../../mcu/protocol/common.ts';

/** Everybody in the order they are listed: raised hands first, by the time they were raised, and then as they joined. */
export function byHands(participants: readonly Participant[]): readonly Participant[] {
  const raised = participants.filter(({ hand }) => hand);
  const at = ({ handAt, joinedAt }: Participant): number => Date.parse(handAt ?? joinedAt);
  return [...raised.toSorted((a, b) => at(a) - at(b)), ...participants.filter(({ hand }) => !hand)];
}

/** Who has raised a hand between two views of a room; oneself does not count. */
export function newHands(
  before: readonly Participant[],
  now: readonly Participant[],
  selfId: string,
): readonly Participant[] {
  const raisedBefore = new Set(before.filter(({ hand }) => hand).map(({ id }) => id));
  return now.filter(({ id, hand }) => hand && id !== selfId && !raisedBefore.has(id));
}
