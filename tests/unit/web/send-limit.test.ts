import { expect, it } from 'vitest';
import { SendLimit } from '../../../web/lib/send-limit.ts';

it('allows so much within any time, and counts only what was done', () => {
  const limit = new SendLimit(3, 1000);
  for (const atMs of [0, 400, 800]) {
    expect(limit.allows(atMs)).toBe(true);
    limit.count(atMs);
  }
  expect(limit.allows(999)).toBe(false);
  expect(limit.allows(1000)).toBe(true);
  expect(limit.allows(1001)).toBe(true);
  limit.count(1001);
  expect(limit.allows(1399)).toBe(false);
  expect(limit.allows(1400)).toBe(true);
});
