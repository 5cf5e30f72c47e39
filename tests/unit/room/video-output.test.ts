import { Frame } from 'node-av/lib';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AccessUnit } from '../../../mixer/encode/access-unit.ts';
import type { VideoEncoderOptions } from '../../../mixer/encode/encoder-options.ts';
import { type VideoRungName, videoRungNames } from '../../../mixer/encode/rung-table.ts';
import { type Composite, VideoOutput } from '../../../mcu/room/video-output.ts';

/** A composite that notes what is done with it. */
class FakeComposite implements Composite {
  readonly frame = new Frame();
  readonly size: string;
  composed = 0;
  closed = false;
  /** So many times it has to be composed until everything is drawn. */
  drawsLeft = 1;
  /** Whether the next picture is the same as the last. */
  still = false;

  constructor({ width, height }: { width: number; height: number }) {
    this.size = `${width}x${height}`;
  }

  get isComplete(): boolean {
    return this.drawsLeft <= 0;
  }

  compose(): { changed: boolean } {
    if (this.closed) throw new Error('composed after close');
    this.composed += 1;
    this.drawsLeft -= 1;
    return { changed: !this.still };
  }
}

describe('what is composed and encoded', () => {
  let composites: FakeComposite[];
  let opened: VideoEncoderOptions[];
  let nowMs: number;
  let tick: number;
  let drawsNeeded: number;
  let output: VideoOutput<FakeComposite>;

  const make = (rungs: readonly VideoRungName[] = videoRungNames) =>
    new VideoOutput<FakeComposite>({
      canvas: { width: 1280, height: 720 },
      fps: 25,
      rungs,
      composites: {
        open(size) {
          const composite = new FakeComposite(size);
          composite.drawsLeft = drawsNeeded;
          composites.push(composite);
          return composite;
        },
        close(composite) {
          composite.closed = true;
        },
      },
      now: () => nowMs,
      timeOfTick: (number) => number * 40,
      onError: (error) => {
        throw error;
      },
      openEncoder: (options) => {
        opened.push(options);
        let first = true;
        return Promise.resolve({
          encode(_frame: Frame, number: number, keyframe: boolean): Promise<AccessUnit> {
            const { codec } = options;
            // A VP8 frame says in its first bit whether it is a keyframe, an H.264 one in its NAL unit.
            const isKey = keyframe || first;
            first = false;
            const data =
              codec === 'vp8'
                ? Buffer.from([isKey ? 0 : 1, 9, 9])
                : Buffer.from([0, 0, 1, isKey ? 0x65 : 0x41, 9]);
            return Promise.resolve({ codec, tick: number, keyframe: isKey, data });
          },
          setBitrate: () => undefined,
          close: () => Promise.resolve(),
        });
      },
    });

  beforeEach(() => {
    composites = [];
    opened = [];
    nowMs = 0;
    tick = 0;
    drawsNeeded = 1;
    output = make();
  });

  const run = async (ticks: number): Promise<void> => {
    for (const end = tick + ticks; tick < end; tick++) {
      nowMs = tick * 40;
      await output.run(tick);
    }
  };
  const watch = (name: VideoRungName, codec: 'h264' | 'vp8' = 'h264') => {
    const seen: { tick: number; atMs: number; keyframe: boolean; payloads: readonly Buffer[] }[] =
      [];
    const subscription = output.watch(name, codec, ({ keyframe, payloads }, number, atMs) => {
      seen.push({ tick: number, atMs, keyframe, payloads });
    });
    return {
      seen,
      close: () => {
        subscription.close();
      },
    };
  };
  const ticksOf = (seen: readonly { tick: number }[]): number[] => seen.map((unit) => unit.tick);

  it('is nothing while nobody watches', async () => {
    await run(10);
    expect(composites).toEqual([]);
    expect(opened).toEqual([]);
    expect(output.watched.scale).toBe(0);
  });

  it('is what is watched, each at its size, rate and bitrate, and its picture only', async () => {
    const low = watch('low');
    const tiny = watch('tiny');
    await run(17);
    expect(composites.map(({ size }) => size)).toEqual(['320x180']);
    expect(opened).toMatchObject([
      { width: 320, height: 180, fps: 12.5, ticksPerFrame: 2, bitsPerSecond: 130_000 },
      { width: 320, height: 180, fps: 6.25, ticksPerFrame: 4, bitsPerSecond: 50_000 },
    ]);
    expect(ticksOf(low.seen)).toEqual([1, 2, 4, 6, 8, 10, 12, 14, 16]);
    expect(ticksOf(tiny.seen)).toEqual([1, 4, 8, 12, 16]);
    expect(tiny.seen.map(({ atMs }) => atMs)).toEqual([40, 160, 320, 480, 640]);
    // Of the first two one waited for its encoder.
    expect(composites[0]!.composed).toBe(10);
    expect(output.watched.scale).toBe(0.25);
  });

  it('is of the largest size first, and one composite for each size', async () => {
    watch('tiny');
    watch('high');
    watch('medium');
    watch('low');
    watch('high', 'vp8');
    await run(2);
    expect(composites.map(({ size }) => size)).toEqual(['1280x720', '640x360', '320x180']);
    expect(output.watched.scale).toBe(1);
  });

  it('is closed behind the last who watched, and made again for the next', async () => {
    const high = watch('high');
    const medium = watch('medium');
    await run(5);
    high.close();
    high.close();
    expect(output.watched.scale).toBe(0.5);
    const active = output.encodes.filter((encode) => encode.active);
    expect(active.map(({ name, codec }) => `${name} ${codec}`)).toEqual(['medium h264']);
    await run(5);
    expect(composites.map(({ closed }) => closed)).toEqual([true, false]);
    expect(composites[0]!.composed).toBe(5);
    const again = watch('high');
    await run(5);
    expect(composites.map(({ size, closed }) => [size, closed])).toEqual([
      ['1280x720', true],
      ['640x360', false],
      ['1280x720', false],
    ]);
    expect(again.seen[0]).toMatchObject({ keyframe: true });
    expect(medium.seen.length).toBe(14);
    expect(output.encodes.find(({ name }) => name === 'high')!.keyframes).toBe(2);
  });

  it('is shown once everything is drawn', async () => {
    drawsNeeded = 7;
    const tiny = watch('tiny');
    await run(12);
    // Composed in every tick until it is complete, with the seventh.
    expect(ticksOf(tiny.seen)).toEqual([6, 8]);
    expect(composites[0]!.composed).toBe(8);
  });

  it('is still shown where the ticks it would be due in are skipped', async () => {
    const tiny = watch('tiny');
    await run(2);
    for (tick = 3; tick < 40; tick += 2) await output.run(tick);
    expect(ticksOf(tiny.seen)).toEqual([1, 5, 9, 13, 17, 21, 25, 29, 33, 37]);
  });

  it('is replayed to newcomers, the last picture of it dated as it was', async () => {
    watch('low');
    await run(9);
    const { seen } = watch('low');
    expect(ticksOf(seen)).toEqual([1, 2, 4, 6, 8]);
    expect(seen.map(({ atMs }) => atMs)).toEqual([316, 317, 318, 319, 320]);
  });

  it('is recorded from a keyframe of its own on, with one every two seconds, whoever watches', async () => {
    const viewer = watch('high');
    await run(30);
    const kept: { tick: number; keyframe: boolean; scheduled: boolean; atMs: number }[] = [];
    const stop = output.record(({ tick: number, keyframe }, atMs, scheduled) => {
      kept.push({ tick: number, keyframe, scheduled, atMs });
    });
    // Nothing of the past, though a viewer would be shown that.
    expect(kept).toEqual([]);
    await run(130);
    const keyframes = (seen: readonly { tick: number; keyframe: boolean }[]): number[] =>
      ticksOf(seen.filter(({ keyframe }) => keyframe));
    expect(keyframes(kept)).toEqual([30, 50, 100, 150]);
    expect(kept[0]).toEqual({ tick: 30, keyframe: true, scheduled: true, atMs: 1200 });
    expect(ticksOf(kept.filter(({ scheduled }) => scheduled))).toEqual([30, 50, 100, 150]);
    expect(ticksOf(kept)).toEqual(Array.from({ length: 130 }, (_, index) => 30 + index));
    viewer.close();
    await run(5);
    expect(kept.at(-1)!.tick).toBe(164);
    stop();
    stop();
    await run(5);
    expect(kept.at(-1)!.tick).toBe(164);
    expect(output.encodes.some(({ active }) => active)).toBe(false);
    const later = watch('high');
    await run(130);
    expect(keyframes(later.seen)).toHaveLength(1);
  });

  it('keeps its schedule of keyframes until the last recorder has gone', async () => {
    const stops = [output.record(() => undefined), output.record(() => undefined)];
    const viewer = watch('high');
    await run(60);
    stops[0]!();
    await run(60);
    stops[1]!();
    await run(120);
    const keyframes = ticksOf(viewer.seen.filter(({ keyframe }) => keyframe));
    expect(keyframes).toEqual([1, 50, 100]);
  });

  it('is encoded five times a second only where nothing changes, and at once where something does', async () => {
    const high = watch('high');
    await run(10);
    const [composite] = composites;
    composite!.still = true;
    const seenWithin = async (ticks: number): Promise<number[]> => {
      const before = high.seen.length;
      await run(ticks);
      return ticksOf(high.seen.slice(before));
    };
    // For a second encoders may make it better.
    expect(await seenWithin(25)).toHaveLength(25);
    expect(await seenWithin(50)).toHaveLength(10);
    // Who comes needs a keyframe.
    const late = watch('high');
    const from = tick;
    await run(2);
    expect(late.seen[0]).toMatchObject({ tick: from, keyframe: true });
    composite!.still = false;
    expect(await seenWithin(5)).toHaveLength(5);
  });

  it('refuses what may not be watched', () => {
    output = make(['medium', 'low']);
    expect(() => watch('high')).toThrow(RangeError);
    watch('medium');
    expect(output.watched.scale).toBe(0.5);
  });

  it('numbers VP8 pictures without gaps, and forwards for who changes rungs', async () => {
    const idsOf = (seen: readonly { payloads: readonly Buffer[] }[]): number[] =>
      seen.map(({ payloads }) => payloads[0]!.readUInt16BE(2) & 0x7fff);
    const high = watch('high', 'vp8');
    await run(30);
    const low = watch('low', 'vp8');
    await run(30);
    for (const { seen } of [high, low]) {
      const ids = idsOf(seen);
      ids.forEach((id, index) => {
        if (index > 0) expect(id).toBe(ids[index - 1]! + 1);
      });
    }
    const before = high.seen.filter((unit) => unit.tick < low.seen[0]!.tick);
    expect(idsOf(low.seen)[0]).toBeGreaterThan(idsOf(before).at(-1)!);
  });
});
