import { describe, expect, it } from 'vitest';
import { actionOf, isPressable, isWriting, shortcuts } from '../../../web/lib/shortcuts.ts';

const press = (key: string, more: object = {}) => ({
  ...{ key, code: '', ctrlKey: false, altKey: false, metaKey: false, shiftKey: false },
  ...more,
});

describe('shortcuts', () => {
  it('are what their keys say, in either case', () => {
    expect(
      Object.fromEntries(Array.from('mvscf? ').map((key) => [key, actionOf(press(key))])),
    ).toEqual({
      ...{ m: 'mute', v: 'camera', s: 'share', c: 'chat', f: 'fullScreen' },
      ...{ '?': 'help', ' ': 'talk' },
    });
    expect(actionOf(press('M'))).toBe('mute');
    expect(actionOf(press('x'))).toBeNull();
    expect(actionOf(press('Escape'))).toBeNull();
  });

  it('are one for each key', () => {
    expect(new Set(shortcuts.map(({ key }) => key)).size).toBe(shortcuts.length);
  });

  it.each(['ctrlKey', 'altKey', 'metaKey', 'shiftKey'])('leave keys with %s alone', (modifier) => {
    expect(actionOf(press('m', { [modifier]: true }))).toBeNull();
  });

  it('know a question mark that needs Shift', () => {
    expect(actionOf(press('?', { shiftKey: true }))).toBe('help');
  });

  it('are at the same place on a keyboard of another script, and by letter on a Latin one', () => {
    expect(actionOf(press('ь', { code: 'KeyM' }))).toBe('mute');
    // A French keyboard has its m where others have a semicolon, and a comma where they have the m.
    expect(actionOf(press('m', { code: 'Semicolon' }))).toBe('mute');
    expect(actionOf(press(',', { code: 'KeyM' }))).toBeNull();
  });

  it('ask the place what keys mean there', () => {
    const place = (matches: boolean) => ({ closest: () => (matches ? {} : null) });
    expect([isWriting(place(true)), isWriting(place(false))]).toEqual([true, false]);
    expect([isPressable(place(true)), isPressable(place(false))]).toEqual([true, false]);
  });
});
