import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawable } from '../../../mixer/compositor/overlay/fonts.ts';
import { directionOf, shortened, textWidth } from '../../../mixer/compositor/overlay/text.ts';

const style = { px: 16, bold: false };

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
    expect(shortened('e\u0301e\u0301e\u0301e\u0301', 40, widthOf)).toBe('e\u0301…');
  });

  it('never is wider than the room, if an ellipsis fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 64 }), fc.nat(400), (text, room) => {
        const part = shortened(text, room + 16, (candidate) => textWidth(candidate, style));
        expect(textWidth(part, style)).toBeLessThanOrEqual(room + 16);
      }),
      { numRuns: 30 },
    );
  });
});

describe('directionOf', () => {
  it.each([
    ['Alice', 'ltr'],
    ['שלום', 'rtl'],
    ['مرحبا بالعالم', 'rtl'],
    ['42 שלום Alice', 'rtl'],
    ['Alice שלום', 'ltr'],
    ['123', 'ltr'],
    ['', 'ltr'],
  ])('of %j is %s', (text, direction) => {
    expect(directionOf(text)).toBe(direction);
  });
});

describe('drawable', () => {
  it.each([
    ['Alice Müller', 'Alice Müller'],
    ['  Alice\t \n Smith ', 'Alice Smith'],
    ['Ана Јовановић', 'Ана Јовановић'],
    ['שלום', 'שלום'],
    ['مرحبا بالعالم', 'مرحبا بالعالم'],
    ['e\u0301', 'e\u0301'],
    ['😀', '😀'],
    ['', ''],
    [' ', ''],
    ['\u200b\u202e', ''],
  ])('makes %j to %j', (text, expected) => {
    expect(drawable(text)).toBe(expected);
  });

  it('leaves out what cannot have a glyph, with the marks on it', () => {
    expect(drawable('a\u{10fffe}b')).toBe('ab');
    expect(drawable('a \u{10fffe} b')).toBe('a b');
    expect(drawable('\u{10fffe}\u0301')).toBe('');
    expect(drawable('\ud800x')).toBe('x');
  });

  it('keeps or leaves out ideographs as a whole, by whether there is a font for them', () => {
    expect(['', '王小明']).toContain(drawable('王小明'));
  });
});

describe('writing', () => {
  it('joins Arabic letters', () => {
    const separate = Array.from('مرحبا').join('\u200c');
    expect(textWidth('مرحبا', style)).toBeLessThan(textWidth(separate, style));
  });

  it('puts marks on their letters', () => {
    expect(textWidth('e\u0301'.repeat(10), style)).toBe(textWidth('é'.repeat(10), style));
  });
});
