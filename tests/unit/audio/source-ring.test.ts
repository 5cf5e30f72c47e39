import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SourceRing } from '../../../mixer/audio/source-ring.ts';
import {
  firstDifference,
  floats,
  joined,
  largestStep,
  periodic,
  sine,
  steepest,
  type Signal,
} from './signals.ts';

/** A ring with a source that writes `signal` on and on. */
class Fed {
  readonly ring = new SourceRing();
  readonly played: Float32Array[] = [];
  readonly levels: number[] = [];
  #written = 0;
  readonly #block = new Float32Array(480);
  readonly #signal: Signal;

  constructor(signal: Signal) {
    this.#signal = signal;
  }

  write(blocks: number): void {
    for (let k = 0; k < blocks; k++, this.#written += 480) {
      for (let i = 0; i < 480; i++) this.#block[i] = this.#signal(this.#written + i);
      this.ring.write(this.#block, 0, 480);
    }
  }

  tick(correction: 'splice' | 'jump' = 'splice'): Float32Array {
    this.ring.prepare(correction);
    if (this.ring.isPlaying) this.levels.push(this.ring.level);
    const out = new Float32Array(960);
    if (correction === 'jump') this.ring.pass();
    else this.ring.take(out);
    this.played.push(out);
    return out;
  }

  get sound(): Float32Array {
    return joined(this.played);
  }
}

const tone = periodic(sine(440, 0.5), 48_000);
const clickFree = 1.25 * steepest(440, 0.5);

/** Which sample of the tone a piece of it begins with. */
function tonePhaseOf(piece: Float32Array): number {
  for (let start = 0; start < 48_000; start++) {
    if (firstDifference(piece.subarray(0, 500), floats(tone, start, 500)) === -1) return start;
  }
  throw new Error('This is not the tone.');
}

describe('the source ring', () => {
  it('plays everything in order once 30 ms are there', () => {
    const fed = new Fed(tone);
    for (let k = 0; k < 50; k++) {
      fed.write(2);
      fed.tick();
    }
    const sound = fed.sound;
    expect(sound.subarray(0, 960).every((sample) => sample === 0)).toBe(true);
    // The first 5 ms rise from silence; the rest is the input, sample by sample.
    const heard = sound.subarray(960 + 240);
    expect(firstDifference(heard, floats(tone, 240, heard.length))).toBe(-1);
  });

  /** The loop hangs for 50 ms once a second: the callbacks' turn comes first, or that of the timer's ticks. */
  function hangs(fed: Fed, times: number, callbacksFirst: boolean): void {
    for (let k = 0; k < times; k++) {
      if (callbacksFirst) fed.write(5);
      for (let t = 0; t < 2; t++) fed.tick();
      if (!callbacksFirst) fed.write(5);
      fed.tick();
      fed.write(1);
      for (let t = 0; t < 47; t++) {
        fed.write(2);
        fed.tick();
      }
    }
  }

  it('loses nothing when callbacks come five at a time', () => {
    const fed = new Fed(tone);
    for (let k = 0; k < 4; k++) {
      fed.write(2);
      fed.tick();
    }
    hangs(fed, 5, true);
    const heard = fed.sound.subarray(960 + 240);
    expect(firstDifference(heard, floats(tone, 240, heard.length))).toBe(-1);
  });

  it('keeps more after it ran dry, so that the same gap is not heard again', () => {
    const fed = new Fed(tone);
    for (let k = 0; k < 4; k++) {
      fed.write(2);
      fed.tick();
    }
    hangs(fed, 4, false);
    fed.played.length = 0;
    hangs(fed, 5, false);
    const heard = fed.sound;
    expect(heard.every((sample) => Number.isFinite(sample))).toBe(true);
    const start = tonePhaseOf(heard);
    expect(firstDifference(heard, floats(tone, start, heard.length))).toBe(-1);
  });

  it.each([200, -200])('follows a clock that is %i ppm off for three minutes', (ppm) => {
    const fed = new Fed(tone);
    const interval = 10 / (1 + ppm / 1e6);
    let next = 3;
    for (let now = 0; now < 180_000; now += 20) {
      while (next <= now) {
        fed.write(1);
        next += interval;
      }
      const out = fed.tick();
      // Only the frames of the last seconds are kept: this is about the whole run.
      expect(largestStep(out)).toBeLessThan(clickFree);
      if (fed.played.length > 2) {
        const edge = [fed.played.at(-2)!.at(-1)!, out[0]!];
        expect(Math.abs(edge[1]! - edge[0]!)).toBeLessThan(clickFree);
        fed.played.shift();
      }
    }
    expect(Math.min(...fed.levels)).toBeGreaterThanOrEqual(15 * 48);
    expect(Math.max(...fed.levels)).toBeLessThanOrEqual(60 * 48);
    // It played all the time: no underrun.
    expect(fed.levels.length).toBeGreaterThan(8_990);
  });

  it('corrects drift at once where the source is quiet', () => {
    const fed = new Fed(() => 0);
    fed.write(12);
    for (let k = 0; k < 30; k++) {
      fed.tick('jump');
      fed.write(2);
    }
    expect(fed.ring.level).toBeLessThanOrEqual(60 * 48);
    expect(fed.ring.level).toBeGreaterThanOrEqual(20 * 48);
  });

  it('fades out when it runs dry, and in again when it has filled up', () => {
    for (const lastBlocks of [0, 1]) {
      const fed = new Fed(tone);
      fed.write(6 + lastBlocks);
      for (let k = 0; k < 10; k++) fed.tick();
      fed.write(3);
      expect(fed.tick().every((sample) => sample === 0)).toBe(true);
      fed.write(4);
      for (let k = 0; k < 3; k++) {
        expect(fed.tick().some((sample) => sample !== 0)).toBe(true);
        fed.write(2);
      }
      expect(largestStep(fed.sound)).toBeLessThan(clickFree);
    }
  });

  it('gives up the oldest when nobody ticks, with a cross-fade', () => {
    const fed = new Fed(tone);
    fed.write(6);
    for (let k = 0; k < 10; k++) {
      fed.tick();
      fed.write(2);
    }
    fed.write(100);
    expect(fed.ring.level).toBeLessThanOrEqual(250 * 48);
    for (let k = 0; k < 10; k++) {
      fed.tick();
      fed.write(2);
    }
    expect(largestStep(fed.sound)).toBeLessThan(1.5 * steepest(440, 0.5));
  });

  it('never clicks and never grows beyond its bound, however callbacks and ticks are mixed', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 300 }), (bursts) => {
        const fed = new Fed(tone);
        for (const blocks of bursts) {
          fed.write(blocks > 6 ? 0 : blocks);
          fed.tick();
          expect(fed.ring.level).toBeLessThanOrEqual(250 * 48);
        }
        expect(largestStep(fed.sound)).toBeLessThan(2 * steepest(440, 0.5));
      }),
      { numRuns: 40 },
    );
  });
});
