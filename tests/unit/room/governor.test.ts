import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { easedDemand, easeOf, highestLevel, lowerCap, takesTick } from '../../../mcu/room/ease.ts';
import { Governor, type Strain } from '../../../mcu/room/governor.ts';
import { videoDemand } from '../../../mcu/room/uplink-size.ts';

fc.configureGlobal({ seed: 20261126 });

const idle: Strain = { skippedShare: 0, busyShare: 0.2 };
const full: Strain = { skippedShare: 0.4, busyShare: 1 };

/** A governor that is looked at every second. */
function stage() {
  const governor = new Governor();
  const levels: number[] = [];
  let nowMs = 0;
  const look = (strain: Strain | (() => Strain), seconds: number): number => {
    for (let second = 0; second < seconds; second++) {
      nowMs += 1000;
      governor.look(typeof strain === 'function' ? strain() : strain, nowMs);
      levels.push(governor.level);
    }
    return governor.level;
  };
  return { look, levels };
}

const strains = fc.record({
  skippedShare: fc.double({ min: 0, max: 1, noNaN: true }),
  busyShare: fc.double({ min: 0, max: 1, noNaN: true }),
});

const changesIn = (levels: readonly number[]): number =>
  levels.filter((level, at) => at > 0 && level !== levels[at - 1]).length;

/** Of numbers in turn, as they come. */
const fromList = (numbers: readonly number[]) => {
  let at = 0;
  return (): number => numbers[at++ % numbers.length]!;
};

describe('the governor', () => {
  it('saves nothing while there is time, whatever a second of strain here and there says', () => {
    const { look, levels } = stage();
    for (let time = 0; time < 50; time++) {
      look(idle, 3);
      look(full, 2);
    }
    expect(Math.max(...levels)).toBe(0);
  });

  it('saves more step by step while there is too little time, to the last step in 20 s', () => {
    const { look, levels } = stage();
    look(full, 20);
    expect(levels.slice(0, 3)).toEqual([0, 0, 1]);
    expect(levels.at(-1)).toBe(highestLevel);
    look(full, 100);
    expect(levels.at(-1)).toBe(highestLevel);
  });

  it('is back at all there is within 25 s of calm, whatever there was before', () => {
    fc.assert(
      fc.property(fc.array(strains, { maxLength: 200 }), (before) => {
        const { look, levels } = stage();
        for (const strain of before) look(strain, 1);
        look({ skippedShare: 0, busyShare: 0.1 }, 1);
        // A step that went wrong is tried later, unless there is a lot more time than then: 0.2 may be no more.
        const failedAtLittle = before.some(({ busyShare }) => busyShare < 0.15);
        look({ skippedShare: 0, busyShare: 0.1 }, failedAtLittle ? 70 * highestLevel : 25);
        expect(levels.at(-1)).toBe(0);
      }),
    );
  });

  it('never moves by more than a step, nor out of its range, nor twice within 2 s', () => {
    fc.assert(
      fc.property(fc.array(strains, { minLength: 50, maxLength: 300 }), (all) => {
        const { look, levels } = stage();
        for (const strain of all) look(strain, 1);
        levels.forEach((level, at) => {
          expect(level).toBeGreaterThanOrEqual(0);
          expect(level).toBeLessThanOrEqual(highestLevel);
          const [before, last] = [levels[at - 2] ?? 0, levels[at - 1] ?? 0];
          expect(Math.abs(level - last)).toBeLessThanOrEqual(1);
          if (level !== last) expect(last).toBe(before);
        });
      }),
    );
  });

  it('does not save less under more strain, from the same state on', () => {
    fc.assert(
      fc.property(fc.array(strains, { maxLength: 100 }), strains, (before, last) => {
        const [one, other] = [stage(), stage()];
        for (const strain of before) {
          one.look(strain, 1);
          other.look(strain, 1);
        }
        const worse = {
          skippedShare: Math.min(1, last.skippedShare + 0.3),
          busyShare: Math.min(1, last.busyShare + 0.3),
        };
        expect(other.look(worse, 1)).toBeGreaterThanOrEqual(one.look(last, 1));
      }),
    );
  });

  it('finds the level that fits and stays there: two tries a minute at most, with noise on the work', () => {
    // Each step saves 12 % of the work; what is too much for the processor is skipped.
    const work = (level: number, load: number, noise: number): Strain => {
      const need = load * 0.88 ** level * noise;
      return {
        busyShare: Math.min(1, need),
        skippedShare: Math.max(0, 1 - 1 / Math.max(need, 0.01)),
      };
    };
    fc.assert(
      fc.property(
        fc.double({ min: 0.3, max: 2, noNaN: true }),
        fc.array(fc.double({ min: 0.85, max: 1.15, noNaN: true }), {
          minLength: 97,
          maxLength: 97,
        }),
        (load, noises) => {
          const { look, levels } = stage();
          const noise = fromList(noises);
          look(() => work(levels.at(-1) ?? 0, load, noise()), 600);
          // Ups and downs of the last five minutes: a try is two changes.
          expect(changesIn(levels.slice(300))).toBeLessThanOrEqual(20);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('what a room does without', () => {
  it('is more at every level, and pictures a second last', () => {
    for (let level = 1; level <= highestLevel; level++) {
      const [less, more] = [easeOf(level - 1), easeOf(level)];
      expect(more.tickShare).toBeLessThanOrEqual(less.tickShare);
      expect(more.uplinkFps).toBeLessThanOrEqual(less.uplinkFps);
      expect(more.uplinkSteps).toBeGreaterThanOrEqual(less.uplinkSteps);
      expect(lowerCap(more.cap, less.cap)).toBe(more.cap);
      expect(more).not.toEqual(less);
      if (less.cap === 'auto') expect(more.tickShare).toBe(1);
    }
  });

  it('leaves ticks out evenly', () => {
    for (let level = 0; level <= highestLevel; level++) {
      const { tickShare } = easeOf(level);
      const taken = Array.from({ length: 1000 }, (_, tick) => tick).filter((tick) =>
        takesTick({ tickShare }, tick),
      );
      expect(taken.length).toBe(1000 * tickShare);
      const gaps = taken.slice(1).map((tick, at) => tick - taken[at]!);
      expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
    }
  });

  it('asks cameras for less and screens for fewer pictures only; who sends nothing still does not', () => {
    const asked = videoDemand(360, 25, 'camera');
    expect(easedDemand(easeOf(0), asked, 'camera')).toEqual(asked);
    expect(easedDemand(easeOf(1), asked, 'camera')).toMatchObject({ height: 360, fps: 15 });
    expect(easedDemand(easeOf(2), asked, 'camera')).toMatchObject({ height: 270, fps: 15 });
    const screen = videoDemand(720, 15, 'screen');
    expect(easedDemand(easeOf(6), screen, 'screen')).toMatchObject({ height: 720, fps: 8 });
    const nothing = videoDemand(360, 0, 'camera');
    for (let level = 0; level <= highestLevel; level++) {
      expect(easedDemand(easeOf(level), nothing, 'camera')).toEqual(nothing);
      const { bitrate } = easedDemand(easeOf(level), asked, 'camera');
      expect(bitrate).toBeLessThanOrEqual(asked.bitrate);
    }
  });
});
