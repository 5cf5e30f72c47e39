import { describe, expect, it } from 'vitest';
import { pictureSeen, soundHeard } from '../../harness/seen.ts';
import type { SoundSample } from '../../harness/watch.ts';

const regular = (from: number, to: number, everyMs: number): number[] =>
  Array.from({ length: Math.round((to - from) / everyMs) }, (_, index) => from + index * everyMs);

describe('what was seen', () => {
  it('counts pictures and finds no freeze in a regular picture', () => {
    const seen = { frames: regular(0, 10_000, 40), sound: [] };
    expect(pictureSeen(seen, { from: 2000, to: 6000 })).toEqual({
      fps: 25,
      longestMs: 40,
      freezes: 0,
      frozenMs: 0,
    });
  });

  it('finds a freeze, with its length', () => {
    const seen = { frames: [...regular(0, 4000, 40), ...regular(4500, 8000, 40)], sound: [] };
    expect(pictureSeen(seen, { from: 2000, to: 7000 })).toMatchObject({
      longestMs: 540,
      freezes: 1,
      frozenMs: 540,
    });
  });

  it('does not take a slower picture for a freeze for long', () => {
    const seen = { frames: [...regular(0, 4000, 40), ...regular(4000, 8000, 160)], sound: [] };
    expect(pictureSeen(seen, { from: 2000, to: 8000 }).freezes).toBe(0);
  });

  it('finds a picture that stands to the end', () => {
    const seen = { frames: regular(0, 4000, 40), sound: [] };
    const { freezes, frozenMs } = pictureSeen(seen, { from: 2000, to: 7000 });
    expect([freezes, frozenMs]).toEqual([1, 3040]);
  });
});

describe('what was heard', () => {
  /** One sample per 100 ms; milliseconds made up within each. */
  const heard = (concealedMs: number[]): SoundSample[] => {
    const samples: SoundSample[] = [{ at: 0, total: 0, concealed: 0 }];
    for (const ms of concealedMs) {
      const { at, total, concealed } = samples.at(-1)!;
      samples.push({ at: at + 100, total: total + 4800, concealed: concealed + ms * 48 });
    }
    return samples;
  };

  it('tells the share that was made up', () => {
    const sound = heard([0, 20, 0, 0, 0, 0, 0, 0, 0, 20]);
    const { concealed } = soundHeard({ frames: [], sound }, { from: 0, to: 1000 });
    expect(concealed).toBeCloseTo(0.04);
  });

  it('finds the longest gap, with its ends', () => {
    const sound = heard([0, 30, 0, 40, 100, 100, 20, 0, 90, 0]);
    const { longestGapMs } = soundHeard({ frames: [], sound }, { from: 0, to: 1000 });
    expect(longestGapMs).toBeCloseTo(260);
  });

  it('takes silence of the browser itself for a gap', () => {
    expect(soundHeard({ frames: [], sound: [] }, { from: 0, to: 1000 })).toEqual({
      concealed: 1,
      longestGapMs: 1000,
    });
  });
});
