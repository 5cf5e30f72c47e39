import type { Participant } from '../../mcu/protocol/common.ts';

/** Everybody in the order they are listed: raised hands first, by the time they were raised, then as they joined, and last who only watches. */
export function byHands(participants: readonly Participant[]): readonly Participant[] {
  const raised = participants.filter(({ hand }) => hand);
  const at = ({ handAt, joinedAt }: Participant): number => Date.parse(handAt ?? joinedAt);
  const others = participants.filter(({ hand }) => !hand);
  const watches = ({ role }: Participant): boolean => role === 'viewer';
  return [
    ...raised.toSorted((a, b) => at(a) - at(b)),
    ...others.filter((each) => !watches(each)),
    ...others.filter(watches),
  ];
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
