import fc from 'fast-check';
import { oneOf } from './seed.ts';

/** Names that mean something to JavaScript, to file systems or to whoever builds names of them. */
export const tellingNames = [
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  'then',
  'length',
  '..',
  '.',
  'CON',
  'nul',
  'undefined',
  'null',
  'NaN',
  '-1',
  '0',
];

/** Text that fonts, terminals, encoders and databases stumble over. */
const oddTexts = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\udfff\ud800',
  'a\ud83d',
  '\uffff\ufffe',
  '\u202e\u2066evil\u2069',
  '\u200d\u200b\ufeff',
  'e' + '\u0301'.repeat(60),
  'ก็็็็็็็็็็็็็็็็็็็็',
  '👩‍👩‍👧‍👦🏳️‍🌈👍🏿',
  'ﷺ'.repeat(20),
  '\u{10ffff}\u{e0041}',
  'بسم الله',
  '${7*7}{{7*7}}%s%n',
  "'; drop table rooms; --",
  '<script>alert(1)</script>',
  '../../etc/passwd',
  'C:\\windows\\win.ini',
  '\r\nSet-Cookie: a=b',
  'a'.repeat(64),
  '𝕏'.repeat(64),
  'a'.repeat(65),
];

/** Any text, broken UTF-16 too. */
export const oddText: fc.Arbitrary<string> = oneOf(
  [3, fc.constantFrom(...oddTexts, ...tellingNames)],
  [2, fc.string({ unit: 'binary', maxLength: 80 })],
  [1, fc.string({ maxLength: 40 })],
  [
    1,
    fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 })
      .map((units) => String.fromCharCode(...units)),
  ],
);

/** Numbers at the edges of types. */
export const oddNumber: fc.Arbitrary<number> = oneOf(
  [
    3,
    fc.constantFrom(
      ...[
        0,
        -0,
        -1,
        1,
        0.5,
        127,
        128,
        255,
        256,
        32767,
        65535,
        65536,
        2 ** 31 - 1,
        2 ** 31,
        -(2 ** 31),
      ],
      ...[2 ** 32 - 1, 2 ** 32, 2 ** 53, -(2 ** 53), 2 ** 64, 1e21, 1e308, -1e308, 5e-324],
    ),
  ],
  [1, fc.integer()],
  [1, fc.double()],
);

/** Any JSON value, as a field that should be something else. */
export const oddValue: fc.Arbitrary<unknown> = oneOf<unknown>(
  [3, fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], { length: -1 })],
  [2, oddText],
  [2, oddNumber],
  [1, fc.jsonValue({ maxDepth: 3 })],
);
