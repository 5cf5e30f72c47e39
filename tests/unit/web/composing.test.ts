import { expect, it } from 'vitest';
import { isComposing } from '../../../web/lib/composing.ts';

it.each([
  ['an Enter that sends', { isComposing: false, keyCode: 13 }, false],
  ['an Enter that chooses from a list', { isComposing: true, keyCode: 229 }, true],
  [
    'an Escape that closes the list of a browser that tells no code',
    { isComposing: true, keyCode: 27 },
    true,
  ],
  [
    'the same Enter in WebKit, which tells of it after the writing',
    { isComposing: false, keyCode: 229 },
    true,
  ],
])('%s', (_, key, expected) => {
  expect(isComposing(key)).toBe(expected);
});
