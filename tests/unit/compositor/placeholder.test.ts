import { describe, expect, it } from 'vitest';
import { i420Bytes, yuvOf } from '../../../mixer/compositor/i420.ts';
import { avatarColourOf, avatarColours, initialsOf } from '../../../mixer/compositor/initials.ts';
import { Placeholders, shortened } from '../../../mixer/compositor/placeholder.ts';
import { rgbaToI420 } from '../../../mixer/compositor/rgba.ts';

describe('initials', () => {
  it.each([
    ['Alice Smith', 'AS'],
    ['bob', 'B'],
    ['  Ana  de la Cruz ', 'AC'],
    ['élodie', 'É'],
    ['e\u0301lodie', 'E\u0301'],
    ['王小明', '王'],
    ['Дмитрий Иванов', 'ДИ'],
    ['דוד כהן', 'דכ'],
    ['محمد علي', 'م\u200cع'],
    ['Bob (work)', 'BW'],
    ['🎉 Party', 'P'],
    ['👩‍👩‍👧', '👩‍👩‍👧'],
    ['ßeta', 'S'],
    ['', ''],
  ])('of %j are %j', (name, expected) => {
    expect(initialsOf(name)).toBe(expected);
  });
});

describe('avatar colours', () => {
  it('are stable, and different names use all of them', () => {
    expect(avatarColourOf('Alice')).toBe(avatarColourOf('Alice'));
    const used = new Set(
      Array.from({ length: 300 }, (_, n) => avatarColourOf(`Name ${String(n)}`)),
    );
    expect(used).toEqual(new Set(avatarColours));
  });

  it('carry white text with a contrast of 4.5', () => {
    for (const rgb of avatarColours) {
      const [r, g, b] = [rgb >> 16, (rgb >> 8) & 255, rgb & 255].map((value) => {
        const part = value / 255;
        return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      const luminance = 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
      expect(1.05 / (luminance + 0.05)).toBeGreaterThanOrEqual(4.5);
    }
  });
});

describe('shortened', () => {
  const widthOf = (text: string) => [...text].length * 10;

  it('keeps what fits and cuts the rest before an ellipsis', () => {
    expect(shortened('Alexandra', 90, widthOf)).toBe('Alexandra');
    expect(shortened('Alexandra', 80, widthOf)).toBe('Alexand…');
    expect(shortened('Ana Maria', 50, widthOf)).toBe('Ana…');
    expect(shortened('Alexandra', 5, widthOf)).toBe('…');
  });

  it('cuts between graphemes only', () => {
    expect(shortened('a👩‍👩‍👧bcdefgh', 40, widthOf)).toBe('a…');
  });
});

describe('rgbaToI420', () => {
  it.each([0xffffff, 0x000000, 0xff0000, 0x00ff00, 0x0000ff, 0x808080, 0xb3473b])(
    'gives 0x%s its BT.601 limited-range colour',
    (rgb) => {
      const [width, height] = [38, 10];
      const rgba = Buffer.alloc(width * height * 4);
      for (let at = 0; at < rgba.length; at += 4) rgba.writeUInt32BE(((rgb << 8) | 0xff) >>> 0, at);
      const data = rgbaToI420(rgba, width, height);
      expect(data.length).toBe(i420Bytes(width, height));
      const [y, u, v] = yuvOf(rgb);
      const luma = width * height;
      const near = (part: Uint8Array, value: number) => {
        for (const byte of part) expect(Math.abs(byte - value)).toBeLessThanOrEqual(1);
      };
      near(data.subarray(0, luma), y);
      near(data.subarray(luma, luma * 1.25), u);
      near(data.subarray(luma * 1.25), v);
    },
  );
});

describe('a placeholder', () => {
  const size = { width: 320, height: 180 };
  const placeholders = new Placeholders();

  it('has the circle in the colour of the name', () => {
    const { data } = placeholders.participant('Alice', size);
    const [y, u, v] = yuvOf(avatarColourOf('Alice'));
    // Left of the initial, inside the circle.
    const [column, row] = [126, 76];
    const chroma = 320 * 180 + (row / 2) * 160 + column / 2;
    expect(Math.abs(data[row * 320 + column]! - y)).toBeLessThanOrEqual(2);
    expect(Math.abs(data[chroma]! - u)).toBeLessThanOrEqual(2);
    expect(Math.abs(data[chroma + 160 * 90]! - v)).toBeLessThanOrEqual(2);
  });

  it('has white ink in the circle and ink under it', () => {
    const { data } = placeholders.participant('Alice', size);
    const brightest = (top: number, bottom: number) =>
      data.subarray(top * 320, bottom * 320).reduce((most, value) => Math.max(most, value), 0);
    expect(brightest(60, 100)).toBeGreaterThan(225);
    expect(brightest(122, 150)).toBeGreaterThan(150);
    expect(brightest(165, 180)).toBeLessThan(60);
  });

  it('is drawn once for each name and size', () => {
    const alice = placeholders.participant('Alice', size);
    expect(placeholders.participant('Alice', size)).toBe(alice);
    expect(placeholders.participant('Alicia', size)).not.toBe(alice);
    expect(placeholders.participant('Alice', { width: 160, height: 90 })).not.toBe(alice);
  });

  it('can be drawn for any name and size', () => {
    for (const name of ['', ' ', '王小明', '🎉', '\u{10fffe}', 'x'.repeat(64)]) {
      for (const [width, height] of [
        [2, 2],
        [10, 200],
        [202, 10],
      ] as const) {
        const picture = placeholders.participant(name, { width, height });
        expect(picture.data.length).toBe(i420Bytes(width, height));
      }
    }
  });

  it('of those without a tile depends on their number', () => {
    const seven = placeholders.overflow(7, size);
    expect(placeholders.overflow(7, size)).toBe(seven);
    expect(Buffer.compare(placeholders.overflow(8, size).data, seven.data)).not.toBe(0);
  });
});
