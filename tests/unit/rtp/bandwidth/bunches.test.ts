import { describe, expect, it } from 'vitest';
import { Bunches } from '../../../../mcu/rtp/bandwidth/bunches.ts';

describe('what comes at once after it was held back', () => {
  /** Packets of 500 bytes sent every 10 ms; those sent within `heldMs` of each other arrive together. */
  const run = (heldMs: number, apartMs: number, count = 200) => {
    const bunches = new Bunches();
    let lastArrivalMs = 0;
    let sentMs = 0;
    for (let index = 0; index < count; index += 1) {
      sentMs = index * 10;
      const dueMs = heldMs === 0 ? sentMs : Math.ceil(sentMs / heldMs) * heldMs;
      lastArrivalMs = Math.max(dueMs, lastArrivalMs + apartMs);
      bunches.add(sentMs, lastArrivalMs, 500, sentMs);
    }
    return { shown: (laterMs: number) => bunches.shown(sentMs + laterMs) };
  };

  it('shows that the path carries more, for some seconds', () => {
    const { shown } = run(100, 0.25);
    // Nine of ten packets of 500 bytes within 2.25 ms.
    expect(shown(0)).toBeGreaterThan(10e6);
    expect(shown(7000)).toBeGreaterThan(10e6);
    expect(shown(9000)).toBe(0);
  });

  it('shows nothing where packets come as they were sent, or as a narrow link lets them through', () => {
    expect(run(0, 0.25).shown(0)).toBe(0);
    expect(run(0, 12).shown(0)).toBe(0);
    expect(run(100, 10).shown(0)).toBe(0);
  });

  it('shows nothing of what was sent at once, such as a keyframe', () => {
    const bunches = new Bunches();
    for (let index = 0; index < 50; index += 1) bunches.add(0, index * 0.25, 1200, 20);
    expect(bunches.shown(20)).toBe(0);
  });
});
