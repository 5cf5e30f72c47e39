import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AudioAligner } from '../../../mixer/input/audio-aligner.ts';
import { SampleQueue } from '../../../mixer/input/sample-queue.ts';
import { stretched } from '../../../mixer/input/stretch.ts';

/** 20 ms, the most that sound may be away from its time. */
const most = 960;

describe('the aligner', () => {
  it('leaves sound alone whose times jitter', () => {
    const aligner = new AudioAligner(0);
    for (let k = 0; k < 3000; k += 1) {
      const jitter = k === 0 ? 0 : 400 * Math.sin(k * k);
      expect(aligner.align(k * 960 + jitter, 960)).toEqual({ jump: 0, stretch: 0 });
    }
  });

  it('makes a gap silence and cuts an overlap', () => {
    const aligner = new AudioAligner(0);
    expect(aligner.align(0, 1000)).toEqual({ jump: 0, stretch: 0 });
    expect(aligner.align(3000, 1000)).toEqual({ jump: 2000, stretch: 0 });
    expect(aligner.align(4000, 1000)).toEqual({ jump: 0, stretch: 0 });
    expect(aligner.align(2500, 1000)).toEqual({ jump: -2500, stretch: 0 });
    expect(aligner.align(null, 1000)).toEqual({ jump: 0, stretch: 0 });
    expect(aligner.align(4500, 1000)).toEqual({ jump: 0, stretch: 0 });
  });

  it('puts the first sound exactly where it belongs', () => {
    expect(new AudioAligner(48_000).align(48_100.4, 960)).toEqual({ jump: 100, stretch: 0 });
    expect(new AudioAligner(48_000).align(1000, 960)).toEqual({ jump: -47_000, stretch: 0 });
  });

  it('follows a clock that drifts, without a cut', () => {
    for (const rate of [1.0005, 0.9995]) {
      const aligner = new AudioAligner(0);
      let end = 0;
      for (let at = 0; at < 600 * 48_000; at += 1024 * rate) {
        const { jump, stretch } = aligner.align(at, 1024);
        expect(jump).toBe(0);
        expect(Math.abs(stretch)).toBeLessThanOrEqual(3);
        expect(Math.abs(at - end)).toBeLessThan(480);
        end += 1024 + stretch;
      }
    }
  });

  it('never lets sound be away from its time for long, whatever that does', () => {
    const chunk = fc.record({
      off: fc.integer({ min: -5000, max: 5000 }),
      length: fc.constantFrom(120, 960, 1024, 4608),
    });
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 200 }), (chunks) => {
        const aligner = new AudioAligner(0);
        let [end, time] = [0, 0];
        for (const { off, length } of chunks) {
          const at = time + off;
          const { jump, stretch } = aligner.align(at, length);
          expect(Math.abs(at - (end + jump))).toBeLessThanOrEqual(most);
          end += jump + length + stretch;
          time += length;
        }
      }),
    );
  });
});

describe('stretching', () => {
  it.each([-3, -1, 1, 3])(
    'changes the length of a tone by %i samples and nothing else',
    (change) => {
      const samples = Float32Array.from({ length: 1024 }, (_, i) => Math.sin(i / 20));
      const out = stretched(samples, change);
      expect(out).toHaveLength(1024 + change);
      const ideal = out.map((_, i) => Math.sin((i * (1024 / (1024 + change))) / 20));
      expect(Math.max(...out.map((sample, i) => Math.abs(sample - ideal[i]!)))).toBeLessThan(
        0.002 * Math.abs(change) * 30,
      );
    },
  );
});

describe('the queue of samples', () => {
  it('gives what was put in, in order, limited, with its silence and without what was to be left out', () => {
    const queue = new SampleQueue();
    queue.push(Float32Array.of(0.25, 2, -3, Number.NaN));
    queue.pushSilence(2);
    queue.leaveOut(3);
    queue.pushSilence(2);
    queue.push(Float32Array.of(0.5, 0.75));
    expect(queue.length).toBe(7);
    const [first, second] = [new Float32Array(5), new Float32Array(4)];
    queue.take(first);
    queue.take(second);
    expect([...first]).toEqual([0.25, 1, -1, 0, 0]);
    expect([...second]).toEqual([0, 0.75, 0, 0]);
    expect(queue.length).toBe(0);
  });

  it('takes no memory for silence', () => {
    const queue = new SampleQueue();
    queue.pushSilence(1e12);
    expect(queue.length).toBe(1e12);
  });
});
