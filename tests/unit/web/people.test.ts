import { expect, it } from 'vitest';
import type { Participant } from '../../../mcu/protocol/common.ts';
import { byHands, newHands } from '../../../web/lib/people.ts';

/** Somebody of a room; `handAt`: the second in which they raised a hand. */
function someone(id: string, handAt?: number): Participant {
  const at = (seconds: number): string => `2026-01-05T10:00:0${String(seconds)}.000Z`;
  return {
    ...{ id, name: id, role: 'guest', audio: true, video: true, source: 'camera' },
    ...{ hand: handAt !== undefined, joinedAt: at(0) },
    ...(handAt !== undefined && { handAt: at(handAt) }),
  };
}

it('lists raised hands first, the longest first, and the others as they joined', () => {
  const people = [someone('a'), someone('b', 5), someone('c'), someone('d', 2)];
  expect(byHands(people).map(({ id }) => id)).toEqual(['d', 'b', 'a', 'c']);
});

it('knows whose hand is new, and that it is not one’s own', () => {
  const before = [someone('me'), someone('b', 1), someone('c')];
  const now = [someone('me', 2), someone('b', 1), someone('c', 3), someone('d', 4)];
  expect(newHands(before, now, 'me').map(({ id }) => id)).toEqual(['c', 'd']);
  expect(newHands(now, before, 'me')).toEqual([]);
});
