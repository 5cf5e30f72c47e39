import { expect, it } from 'vitest';
import { reactions as emojis } from '../../../mcu/protocol/common.ts';
import { reactionNames } from '../../../mixer/compositor/index.ts';
import { Reactions } from '../../../mcu/room/reactions.ts';

it('shows the last reaction of each for 4 s, and a drawing for every one there is', () => {
  const reactions = new Reactions();
  const shown = (): [string, string][] => [...reactions.shown];
  for (const [index, emoji] of emojis.entries()) reactions.react(String(index), emoji, 0);
  expect(shown().map(([, name]) => name)).toEqual(reactionNames);

  expect(reactions.expire(3999)).toBe(false);
  reactions.react('0', '🎉', 3999);
  expect(reactions.expire(4000)).toBe(true);
  expect(shown()).toEqual([['0', 'celebrate']]);
  expect(reactions.expire(7998)).toBe(false);
  expect(reactions.expire(7999)).toBe(true);
  expect(shown()).toEqual([]);
});
