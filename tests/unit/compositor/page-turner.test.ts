import { expect, it } from 'vitest';
import { PageTurner } from '../../../mixer/compositor/page-turner.ts';

it('shows each page for ten seconds, in turn, and the first one again when it is restarted', () => {
  const turner = new PageTurner();
  turner.restart(0);
  const seen = Array.from({ length: 45 }, (_, second) => {
    turner.turn(second * 1000, 3);
    return turner.page;
  });
  expect([0, 9, 10, 19, 20, 29, 30, 44].map((second) => seen[second])).toEqual([
    0, 0, 1, 1, 2, 2, 0, 1,
  ]);
  turner.restart(45_000);
  expect(turner.page).toBe(0);
  expect(turner.turn(54_999, 3)).toBe(false);
  expect(turner.turn(55_000, 3)).toBe(true);
});

it('has nothing to turn where one page holds everybody', () => {
  const turner = new PageTurner();
  turner.restart(0);
  expect(turner.turn(10_000, 3)).toBe(true);
  expect(turner.turn(20_000, 1)).toBe(true);
  expect([turner.page, turner.turn(30_000, 1), turner.turn(60_000, 1)]).toEqual([0, false, false]);
});
