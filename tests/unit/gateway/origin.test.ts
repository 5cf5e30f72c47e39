import { describe, expect, it } from 'vitest';
import { isOriginAllowed } from '../../../mcu/gateway/origin.ts';

describe('an origin', () => {
  it.each([
    ['no Origin header: not a page', undefined, 'meet.example', undefined, true],
    ['the same origin', 'https://meet.example', 'meet.example', undefined, true],
    [
      'the same origin behind TLS',
      'https://meet.example:8443',
      'meet.example:8443',
      undefined,
      true,
    ],
    ['another origin', 'https://evil.example', 'meet.example', undefined, false],
    ['another port', 'http://localhost:1', 'localhost:2', undefined, false],
    ['the null origin', 'null', 'meet.example', undefined, false],
    ['a listed origin', 'https://a.example', 'meet.example', ['https://a.example'], true],
    [
      'one not listed, though the same',
      'https://m.example',
      'm.example',
      ['https://a.example'],
      false,
    ],
    ['the same one in another spelling', 'https://m.example', 'M.example:443', undefined, true],
    [
      'a name that begins the same',
      'https://m.example.evil.example',
      'm.example',
      undefined,
      false,
    ],
    ['a file', 'file://m.example', 'm.example', undefined, false],
    ['an extension', 'chrome-extension://m.example', 'm.example', undefined, false],
    ['no host', 'https://m.example', undefined, undefined, false],
    ['a prefix of a listed origin', 'https://a.example.evil', 'x', ['https://a.example'], false],
    ['any', 'https://a.example', 'meet.example', ['*'], true],
  ])('%s', (_what, origin, host, allowed, expected) => {
    expect(isOriginAllowed({ origin, host, secure: false }, allowed)).toBe(expected);
  });

  it('of a plain page may not use the server behind TLS of the same name', () => {
    const asked = { origin: 'http://m.example', host: 'm.example' };
    expect(isOriginAllowed({ ...asked, secure: false }, undefined)).toBe(true);
    expect(isOriginAllowed({ ...asked, secure: true }, undefined)).toBe(false);
  });
});
