import { describe, expect, it } from 'vitest';
import { Reoffers } from '../../../mcu/room/reoffers.ts';

describe('a downlink that failed', () => {
  it('is offered anew at once, once, and later each time that did not help', () => {
    const reoffers = new Reoffers();
    expect(reoffers.isDue(0)).toBe(false);
    for (const delay of [0, 1000, 2000, 4000, 8000, 8000]) {
      reoffers.failed(100);
      if (delay > 0) expect(reoffers.isDue(100 + delay - 1)).toBe(false);
      expect(reoffers.isDue(100 + delay)).toBe(true);
      reoffers.offered();
      expect(reoffers.isDue(100_000)).toBe(false);
    }
    reoffers.worked();
    reoffers.failed(200);
    expect(reoffers.isDue(200)).toBe(true);
  });

  it('is not offered again by the server when the browser has asked already', () => {
    const reoffers = new Reoffers();
    reoffers.failed(100);
    reoffers.offered();
    expect(reoffers.isDue(100)).toBe(false);
  });
});
