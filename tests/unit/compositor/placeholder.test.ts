import { describe, expect, it } from 'vitest';
import { i420Bytes, yuvOf } from '../../../mixer/compositor/i420.ts';
import { avatarColourOf, avatarColours, initialsOf } from '../../../mixer/compositor/initials.ts';
import { Placeholders } from '../../../mixer/compositor/placeholder.ts';
import { contrastWithWhite } from './overlays.ts';

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
    ['გიორგი', 'გ'],
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
      const channels = [rgb >> 16, (rgb >> 8) & 255, rgb & 255] as const;
      expect(contrastWithWhite(channels)).toBeGreaterThanOrEqual(4.5);
    }
  });
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
    expect(brightest(165, 180)).toBeLessThan(80);
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

  it('is dark enough for the name, in a tint of the avatar', () => {
    const tints = new Set<string>();
    for (let n = 0; n < 60; n += 1) {
      const { data } = new Placeholders().participant(`Name ${n}`, { width: 16, height: 16 });
      const [y, u, v] = [data[0]!, data[256]!, data[320]!];
      tints.add([y, u, v].join());
      const light = ((y - 16) * 255) / 219;
      const [b, r] = [u - 128, v - 128];
      const rgb = [light + 1.6 * r, light - 0.39 * b - 0.81 * r, light + 2.02 * b] as const;
      // The name is a little less than white.
      expect(contrastWithWhite(rgb)).toBeGreaterThanOrEqual(6);
    }
    expect(tints.size).toBe(avatarColours.length);
  });

  it('is in the colours of the canvas', () => {
    const name = 'Alice';
    const { data } = new Placeholders(1, 'bt709').participant(name, size);
    const [y] = yuvOf(avatarColourOf(name), 'bt709');
    expect(Math.abs(data[76 * 320 + 126]! - y)).toBeLessThanOrEqual(2);
  });

  it('waits for its turn, and meanwhile is the same picture in another size', () => {
    const slow = new Placeholders(1);
    const alice = slow.participant('Alice', size);
    const waiting = slow.participant('Bob', size);
    expect([waiting.width, waiting.height]).toEqual([16, 16]);
    expect(slow.participant('Alice', { width: 160, height: 90 })).toBe(alice);
    slow.beginFrame();
    expect(slow.participant('Bob', size).width).toBe(320);
    expect(slow.participant('Alice', size)).toBe(alice);
  });

  it('is forgotten when many others were asked for since', () => {
    const some = new Placeholders();
    const tiny = { width: 8, height: 8 };
    const first = some.participant('Alice', tiny);
    for (let n = 0; n < 200; n += 1) some.participant(String(n), tiny);
    expect(some.participant('Alice', tiny)).not.toBe(first);
  });

  it('is forgotten with who has gone, and so is a count that shows them', () => {
    const some = new Placeholders();
    const ask = () => [
      some.participant('Alice', size),
      some.participant('Bob', size),
      some.overflow(7, size, ['Alice', 'Carol']),
      some.overflow(7, size, ['Bob', 'Carol']),
      some.overflow(7, size),
    ];
    const before = ask();
    some.keepOnly(new Set(['Bob', 'Carol', 'Dave']));
    const after = ask();
    expect(after.map((picture, index) => picture === before[index])).toEqual([
      ...[false, true, false, true, true],
    ]);
  });

  it.each(['Alice', 'Jo Li', 'דוד כהן', 'דוד 2', 'محمد علي', 'فاطمة 3', 'Élodie Çelik'])(
    'has the initials of %j in the middle of the circle',
    (name) => {
      const [width, height] = [90, 70];
      const { data } = placeholders.participant(name, { width, height });
      const ink = Array.from(data.subarray(0, width * height).keys()).filter(
        (at) => data[at]! > 180,
      );
      const columns = ink.map((at) => at % width);
      const middle = (Math.min(...columns) + Math.max(...columns) + 1) / 2;
      expect(Math.abs(middle - width / 2)).toBeLessThanOrEqual(1.5);
      const rows = ink.map((at) => Math.floor(at / width));
      expect(Math.min(...rows)).toBeGreaterThan(height / 2 - 16);
      expect(Math.max(...rows)).toBeLessThan(height / 2 + 16);
    },
  );

  it('has the first initial alone if no font has the second', () => {
    const same = new Placeholders();
    const words = ['A', 'A \u{10fffe}'].map((name) => {
      const { data } = same.participant(name, { width: 96, height: 64 });
      // What is bright is the initials: the tile is too low for a name.
      return data.subarray(0, 96 * 64).map((value) => (value > 200 ? 1 : 0));
    });
    expect(words[1]).toEqual(words[0]);
  });

  it('of those without a tile depends on their number, and on the names of the first three', () => {
    const seven = placeholders.overflow(7, size);
    expect(placeholders.overflow(7, size)).toBe(seven);
    expect(Buffer.compare(placeholders.overflow(8, size).data, seven.data)).not.toBe(0);
    const names = ['Alice', 'Bob', 'Carol', 'Dave'];
    const named = placeholders.overflow(7, size, names);
    expect(Buffer.compare(named.data, seven.data)).not.toBe(0);
    expect(placeholders.overflow(7, size, [...names.slice(0, 3), 'Eve'])).toBe(named);
    expect(placeholders.overflow(7, size, [...names].reverse())).not.toBe(named);
  });
});
