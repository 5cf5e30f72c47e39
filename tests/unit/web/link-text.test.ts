import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkParts } from '../../../web/lib/link-text.ts';

const links = (text: string): string[] =>
  linkParts(text).flatMap((part) => (part.kind === 'link' ? [part.href] : []));

describe('links in a text', () => {
  it.each([
    ['see https://example.org/a?b=c#d now', ['https://example.org/a?b=c#d']],
    ['HTTP://example.org, and http://example.com.', ['http://example.org/', 'http://example.com/']],
    ['(https://example.org/wiki/Tile_(heraldry))', ['https://example.org/wiki/Tile_(heraldry)']],
    ['“https://example.org/x”!', ['https://example.org/x']],
    ['javascript:alert(1) data:text/html,x ftp://example.org www.example.org', []],
    ['https:// http://. xhttps://', []],
    ['https://example.org/"onmouseover="x', ['https://example.org/']],
  ])('of %s', (text, expected) => {
    expect(links(text)).toEqual(expected);
  });

  it('are all of the web, and nothing of the text is lost', () => {
    const pieces = fc.constantFrom('https://', 'http://', 'a.b', '/', '(', ')', '.', ' ', '@', ':');
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 5 }))), (words) => {
        const text = words.join('');
        const parts = linkParts(text);
        expect(parts.map((part) => part.text).join('')).toBe(text);
        for (const href of links(text)) expect(href).toMatch(/^https?:\/\/[^/]/);
      }),
    );
  });
});
