import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rungNames, rungPlan, videoRungNames } from '../../../mixer/encode/rung-table.ts';

const hd = { width: 1280, height: 720, fps: 25 };

describe('the rungs of 1280x720 at 25', () => {
  it.each([
    ['high', 1280, 720, 25, 1_500_000, 20, 32_000, 1650],
    ['medium', 640, 360, 25, 500_000, 20, 32_000, 590],
    ['low', 320, 180, 12.5, 130_000, 40, 24_000, 185],
    ['tiny', 320, 180, 6.25, 50_000, 60, 15_000, 84],
  ] as const)('%s is as designed', (name, width, height, fps, bits, frameMs, soundBits, kbps) => {
    const { video, sound, wireBitsPerSecond } = rungPlan(name, hd);
    expect(video).toMatchObject({ width, height, fps, bitsPerSecond: bits });
    expect(video!.ticksPerFrame * fps).toBe(25);
    expect(sound).toEqual({ frameMs, bitsPerSecond: soundBits });
    expect(wireBitsPerSecond / 1000 / kbps).toBeGreaterThan(0.95);
    expect(wireBitsPerSecond / 1000 / kbps).toBeLessThan(1.05);
  });

  it('audio is sound only, of about 30 kbit/s', () => {
    const { video, sound, wireBitsPerSecond } = rungPlan('audio', hd);
    expect(video).toBeNull();
    expect(sound).toEqual({ frameMs: 60, bitsPerSecond: 15_000 });
    expect(Math.round(wireBitsPerSecond / 1000)).toBe(29);
  });

  it('makes keyframes at most twice a second on high, and every other second on the lowest', () => {
    const intervals = videoRungNames.map((name) => rungPlan(name, hd).video!.keyframeIntervalMs);
    expect(intervals).toEqual([500, 1000, 2000, 2000]);
  });
});

describe('the rungs of any canvas', () => {
  const side = (least: number, most: number) =>
    fc.integer({ min: least / 2, max: most / 2 }).map((half) => 2 * half);
  const canvas = fc.record({
    width: side(160, 3840),
    height: side(90, 2160),
    fps: fc.integer({ min: 1, max: 60 }),
  });

  it('have even sides of its shape, and none costs more than the one above', () => {
    fc.assert(
      fc.property(canvas, (size) => {
        let above = Infinity;
        for (const name of rungNames) {
          const { video, wireBitsPerSecond } = rungPlan(name, size);
          expect(wireBitsPerSecond).toBeLessThanOrEqual(above);
          above = wireBitsPerSecond;
          if (video === null) continue;
          expect([video.width % 2, video.height % 2]).toEqual([0, 0]);
          expect(Math.abs(video.width - size.width * video.scale)).toBeLessThanOrEqual(1);
          expect(Math.abs(video.height - size.height * video.scale)).toBeLessThanOrEqual(1);
          expect(video.fps * video.ticksPerFrame).toBe(size.fps);
          expect(video.bitsPerSecond).toBeGreaterThanOrEqual(10_000);
        }
      }),
    );
  });
});
