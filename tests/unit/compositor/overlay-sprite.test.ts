import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Planes } from '../../../mixer/compositor/canvas.ts';
import type { Rectangle } from '../../../mixer/compositor/geometry.ts';
import { type CanvasMatrix, yuvOf } from '../../../mixer/compositor/i420.ts';
import { blend, spriteOf } from '../../../mixer/compositor/overlay/sprite.ts';
import { bytesOf, noise, planesOf } from './overlays.ts';

const size = { width: 40, height: 24 };
const everything: Rectangle = { x: 0, y: 0, ...size };

/** An RGBA picture of one colour and alpha. */
function flat(width: number, height: number, rgb: number, alpha: number) {
  const data = new Uint8Array(width * height * 4);
  for (let at = 0; at < data.length; at += 4) {
    data.set([(rgb >> 16) & 255, (rgb >> 8) & 255, rgb & 255, alpha], at);
  }
  return { width, height, data };
}

const even = (max: number) => fc.integer({ min: 0, max: max / 2 }).map((half) => half * 2);
const offset = fc.integer({ min: -12, max: 22 }).map((half) => half * 2);
const matrix = fc.constantFrom<CanvasMatrix>('bt601', 'bt709');
const background = fc.nat().map((seed) => noise(1440, seed));
const rgba = (width: number, height: number) =>
  fc
    .array(
      fc.tuple(
        fc.integer({ min: 0, max: 0xffffff }),
        fc.oneof(fc.constantFrom(0, 255), fc.integer({ min: 0, max: 255 })),
        fc.integer({ min: 1, max: 30 }),
      ),
      { minLength: 1, maxLength: 40 },
    )
    .map((runs) => {
      // Runs, so that opaque and invisible stretches occur.
      const pixels = runs.flatMap(([rgb, alpha, length]) =>
        Array.from({ length }, () => [(rgb >> 16) & 255, (rgb >> 8) & 255, rgb & 255, alpha]),
      );
      const data = new Uint8Array(width * height * 4);
      for (let at = 0; at < width * height; at += 1) data.set(pixels[at % pixels.length]!, at * 4);
      return { width, height, data };
    });

/** What blending gives without any rounding. */
function reference(
  before: Planes,
  picture: { width: number; height: number; data: Uint8Array },
  [x, y]: readonly [number, number],
  colours: CanvasMatrix,
): number[][] {
  const [red, blue] = colours === 'bt601' ? [0.299, 0.114] : [0.2126, 0.0722];
  const result = before.map(({ data }) => Array.from(data));
  const sums = result.map((plane) => plane.map(() => [0, 0] as [number, number]));
  for (let row = 0; row < picture.height; row += 1) {
    for (let column = 0; column < picture.width; column += 1) {
      const [atX, atY] = [x + column, y + row];
      if (atX < 0 || atX >= size.width || atY < 0 || atY >= size.height) continue;
      const from = (row * picture.width + column) * 4;
      const [r, g, b, a] = Array.from(picture.data.subarray(from, from + 4)) as [
        number,
        number,
        number,
        number,
      ];
      const luma = red * r + blue * b + (1 - red - blue) * g;
      const levels = [
        16 + (219 * luma) / 255,
        128 + (112 * (b - luma)) / (1 - blue) / 255,
        128 + (112 * (r - luma)) / (1 - red) / 255,
      ];
      levels.forEach((level, plane) => {
        const shift = plane === 0 ? 0 : 1;
        const sum = sums[plane]![(atY >> shift) * (size.width >> shift) + (atX >> shift)]!;
        const samples = plane === 0 ? 1 : 4;
        sum[0] += (level * a) / 255 / samples;
        sum[1] += a / 255 / samples;
      });
    }
  }
  return result.map((plane, index) =>
    plane.map((value, at) => sums[index]![at]![0] + value * (1 - sums[index]![at]![1])),
  );
}

describe('blending a sprite', () => {
  it('is within a level of what exact arithmetic gives, at any alpha and place', () => {
    fc.assert(
      fc.property(background, rgba(12, 10), offset, offset, matrix, (bytes, picture, x, y, m) => {
        const planes = planesOf(size, bytes);
        const expected = reference(planes, picture, [x, y], m);
        blend(planes, spriteOf(picture, m), x, y, everything);
        const errors = planes.flatMap(({ data }, plane) =>
          Array.from(data, (value, at) => Math.abs(value - expected[plane]![at]!)),
        );
        expect(Math.max(...errors)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });

  it('changes nothing where the sprite is invisible', () => {
    fc.assert(
      fc.property(background, even(30), even(20), (bytes, x, y) => {
        const planes = planesOf(size, bytes);
        blend(planes, spriteOf(flat(8, 6, 0xff8800, 0), 'bt601'), x, y, everything);
        expect(bytesOf(planes)).toEqual(bytes);
      }),
    );
  });

  it.each([4, 8, 24, 40])('shows nothing of what is below an opaque one of width %i', (width) => {
    fc.assert(
      fc.property(background, fc.integer({ min: 0, max: 0xffffff }), matrix, (bytes, rgb, m) => {
        const planes = planesOf(size, bytes);
        blend(planes, spriteOf(flat(width, 24, rgb, 255), m), 0, 0, everything);
        const colour = yuvOf(rgb, m);
        planes.forEach(({ data, stride }, plane) => {
          const columns = plane === 0 ? width : width / 2;
          const [level, ...others] = new Set(data.filter((_, at) => at % stride < columns));
          expect(others).toEqual([]);
          expect(Math.abs(level! - colour[plane]!)).toBeLessThanOrEqual(1);
        });
      }),
      { numRuns: 20 },
    );
  });

  it('changes nothing outside of the clip', () => {
    const clip = fc
      .tuple(even(38), even(22))
      .chain(([x, y]) =>
        fc
          .tuple(even(size.width - x), even(size.height - y))
          .map(([width, height]): Rectangle => ({ x, y, width, height })),
      );
    fc.assert(
      fc.property(rgba(30, 20), offset, offset, clip, (picture, x, y, area) => {
        const planes = planesOf(size, new Uint8Array(1440).fill(77));
        blend(planes, spriteOf(picture, 'bt601'), x, y, area);
        planes.forEach(({ data, stride }, plane) => {
          const unit = plane === 0 ? 1 : 2;
          const outside = data.filter((_, at) => {
            const [column, row] = [(at % stride) * unit, Math.floor(at / stride) * unit];
            const inX = column >= area.x && column < area.x + area.width;
            return !(inX && row >= area.y && row < area.y + area.height);
          });
          expect(outside.every((value) => value === 77)).toBe(true);
        });
      }),
    );
  });

  it('does not let invisible pixels colour the chroma of their neighbours', () => {
    const picture = flat(2, 2, 0xff0000, 0);
    picture.data.set([255, 255, 255, 255], 0);
    const planes: Planes = planesOf(size, new Uint8Array(1440).fill(128));
    blend(planes, spriteOf(picture, 'bt601'), 0, 0, everything);
    expect([planes[1].data[0], planes[2].data[0]]).toEqual([128, 128]);
  });
});

describe('yuvOf', () => {
  it.each([
    ['bt601', 0xff0000, [81, 90, 240]],
    ['bt601', 0x00ff00, [145, 54, 34]],
    ['bt601', 0x0000ff, [41, 240, 110]],
    ['bt709', 0xff0000, [63, 102, 240]],
    ['bt709', 0x00ff00, [173, 42, 26]],
    ['bt709', 0x0000ff, [32, 240, 118]],
    ['bt709', 0xffffff, [235, 128, 128]],
    ['bt601', 0x000000, [16, 128, 128]],
  ] as const)('gives the limited-range colours of %s', (colours, rgb, expected) => {
    expect(yuvOf(rgb, colours)).toEqual(expected);
  });
});
