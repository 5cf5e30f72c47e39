import { describe, expect, it } from 'vitest';
import { PresenceChimes } from '../../../web/lib/chimes.ts';

describe('PresenceChimes', () => {
  it('are heard for each who comes or goes by themselves', () => {
    const chimes = new PresenceChimes();
    expect([0, 1000, 9000].map((ms) => chimes.isHeard(3, ms))).toEqual([true, true, true]);
  });

  it('are heard once for many together, however long they go on', () => {
    const chimes = new PresenceChimes();
    const heard = [0, 300, 900, 1800, 2700, 3800].map((ms) => chimes.isHeard(3, ms));
    expect(heard).toEqual([true, false, false, false, false, true]);
  });

  it('are not heard among more than eight', () => {
    const chimes = new PresenceChimes();
    expect([8, 9, 8].map((people, index) => chimes.isHeard(people, index * 5000))).toEqual([
      true,
      false,
      true,
    ]);
  });
});
