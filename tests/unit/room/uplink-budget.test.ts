import { describe, expect, it } from 'vitest';
import { UplinkBudget, type UplinkReception } from '../../../mcu/room/uplink-budget.ts';
import type { UplinkWidth } from '../../../mcu/room/uplink-terms.ts';

const fine: UplinkReception = {
  bitsPerSecond: 600_000,
  lossFraction: 0,
  fps: 25,
  jitterMs: 3,
  askedFps: 25,
  askedBitsPerSecond: 700_000,
};
/** A line that is full, as it looks from its far end. */
const full: UplinkReception = { ...fine, bitsPerSecond: 60_000, fps: 4, jitterMs: 60 };

/** A budget and a clock. */
function stage() {
  const budget = new UplinkBudget();
  let nowMs = 0;
  /** A look every second. */
  const look = (reception: UplinkReception, seconds: number, kbps?: number): UplinkWidth => {
    for (let second = 0; second < seconds; second++) {
      nowMs += 1000;
      if (kbps !== undefined) budget.onAvailable(kbps, nowMs);
      budget.onReception(reception, nowMs);
    }
    return budget.width;
  };
  return { budget, look };
}

describe('the room on an uplink', () => {
  it('is there until something says otherwise', () => {
    const { look } = stage();
    expect(look(fine, 100)).toBe('wide');
  });

  it('is as little as comes through, within 3 s, whichever way it shows', () => {
    expect(stage().look(full, 2)).toBe('wide');
    expect(stage().look(full, 3)).toBe('narrow');
    expect(stage().look({ ...full, bitsPerSecond: 180_000 }, 3)).toBe('slim');
    expect(stage().look({ ...full, bitsPerSecond: 90_000 }, 3)).toBe('narrow');
    expect(stage().look({ ...full, jitterMs: null, lossFraction: 0.04 }, 3)).toBe('narrow');
    expect(stage().look({ ...fine, bitsPerSecond: 200_000 }, 3, 200)).toBe('slim');
    expect(stage().look({ ...fine, bitsPerSecond: 430_000 }, 3, 450)).toBe('reduced');
    expect(stage().look({ ...fine, lossFraction: 0.2 }, 3)).toBe('reduced');
  });

  it('is not doubted for a camera in the dark, a still picture, a jittery line or random loss', () => {
    expect(stage().look({ ...full, jitterMs: 5 }, 60)).toBe('wide');
    expect(stage().look({ ...fine, bitsPerSecond: 90_000, jitterMs: 80 }, 60)).toBe('wide');
    expect(stage().look({ ...fine, lossFraction: 0.05 }, 60)).toBe('wide');
    expect(stage().look({ ...full, bitsPerSecond: 500_000 }, 60)).toBe('wide');
    // What a browser says it may send is little while it sends little, as of a still picture.
    expect(stage().look({ ...fine, bitsPerSecond: 97_000 }, 60, 300)).toBe('wide');
  });

  it('is what the browser says, rather than what it looks like', () => {
    expect(stage().look(full, 60, 2000)).toBe('wide');
    const { budget, look } = stage();
    budget.onAvailable(2000, 0);
    look(fine, 10);
    // That was too long ago.
    expect(look(full, 4)).toBe('narrow');
  });

  it('is tried for again step by step, and later each time it goes wrong', () => {
    const { look } = stage();
    expect(look(full, 3)).toBe('narrow');
    const calm = {
      ...fine,
      bitsPerSecond: 60_000,
      askedBitsPerSecond: 70_000,
      askedFps: 8,
      fps: 8,
    };
    expect(look(calm, 20)).toBe('narrow');
    expect(look(calm, 1)).toBe('slim');
    expect(look(full, 3)).toBe('narrow');
    expect(look(calm, 40)).toBe('narrow');
    expect(look(calm, 1)).toBe('slim');
    expect(look(full, 3)).toBe('narrow');
    expect(look(calm, 80)).toBe('narrow');
    expect(look(calm, 1)).toBe('slim');
    expect(look(calm, 80)).toBe('reduced');
    expect(look(calm, 80)).toBe('wide');
    expect(look(calm, 600)).toBe('wide');
    expect(look(full, 3)).toBe('narrow');
    expect(look(calm, 21)).toBe('slim');
  });

  it('is taken for little where the way down has little, until it shows otherwise', () => {
    const { budget, look } = stage();
    budget.onDownlink(1500, 0);
    expect(budget.width).toBe('wide');
    budget.onDownlink(90, 0);
    expect(budget.width).toBe('narrowest');
    expect(look(fine, 90)).toBe('wide');
    // Said again, it is no news.
    budget.onDownlink(80, 90_000);
    expect(budget.width).toBe('wide');
    budget.onDownlink(800, 91_000);
    budget.onDownlink(100, 92_000);
    expect(budget.width).toBe('narrowest');
  });
});
