import { expect, it } from 'vitest';
import { inTurns } from '../../../mcu/room/in-turns.ts';

/** What is done in each turn of the event loop with things of which each takes the time that it is. */
async function turnsOf(things: readonly number[]): Promise<number[][]> {
  let nowMs = 0;
  const turns: number[][] = [[]];
  await inTurns(
    things,
    (ms) => {
      nowMs += ms;
      turns.at(-1)!.push(ms);
    },
    () => nowMs,
    () => Promise.resolve(turns.push([])),
  );
  return turns;
}

it('things that take little are done in one turn of the event loop, in order', async () => {
  expect(await turnsOf([1, 0, 2])).toEqual([[1, 0, 2]]);
});

it('things that take long leave it to others', async () => {
  expect(await turnsOf([50, 1, 2, 3, 1, 90, 7])).toEqual([[50], [1, 2, 3], [1, 90], [7]]);
});
