import { describe, expect, it } from 'vitest';
import type { AccessInfo } from '../../../mcu/protocol/access.ts';
import { askAccess } from '../../../web/lib/client/access.ts';
import { RecordingsApi } from '../../../web/lib/client/recordings.ts';
import { entranceOf } from '../../../web/lib/entrance-state.ts';
import { takeToken, withToken } from '../../../web/lib/token-store.ts';

/** A tab: what it keeps, and its address. */
class Tab {
  readonly kept = new Map<string, string>();
  href: string;

  constructor(href: string) {
    this.href = href;
  }

  load(hasStorage = true): string | null {
    return takeToken({
      href: this.href,
      replace: (href) => (this.href = href),
      storage: hasStorage
        ? {
            getItem: (key) => this.kept.get(key) ?? null,
            setItem: (key, value) => void this.kept.set(key, value),
          }
        : null,
    });
  }
}

describe('the token of a link', () => {
  it.each([
    ['https://m.example/r/kitchen#token=a.b.c', 'https://m.example/r/kitchen'],
    ['https://m.example/r/kitchen?token=a.b.c', 'https://m.example/r/kitchen'],
    ['https://m.example/recordings?room=x&token=a.b.c', 'https://m.example/recordings?room=x'],
    ['https://m.example/r/x?a=1#token=a.b.c&b=2', 'https://m.example/r/x?a=1#b=2'],
  ])('%s is kept over a reload, and leaves the address', (href, after) => {
    const tab = new Tab(href);
    expect(tab.load()).toBe('a.b.c');
    expect(tab.href).toBe(after);
    expect(tab.load()).toBe('a.b.c');
  });

  it('takes the place of the one before, and there may be none', () => {
    const tab = new Tab('https://m.example/r/kitchen');
    expect(tab.load()).toBeNull();
    tab.href = 'https://m.example/r/kitchen#token=one';
    expect(tab.load()).toBe('one');
    tab.href = 'https://m.example/r/kitchen#token=two';
    expect(tab.load()).toBe('two');
  });

  it('stays in the address where nothing can be kept', () => {
    const tab = new Tab('https://m.example/r/kitchen#token=one');
    expect(tab.load(false)).toBe('one');
    expect(tab.load(false)).toBe('one');
  });

  it('goes along to another tab', () => {
    expect(withToken('/recordings?room=x', 'a.b.c')).toBe('/recordings?room=x#token=a.b.c');
    expect(withToken('/recordings', null)).toBe('/recordings');
  });
});

describe('the way in', () => {
  const expiresAt = '2026-01-01T00:00:00.000Z';
  const to = (room: string) => ({ room, role: 'guest' as const, name: null, expiresAt });
  const access = (change: Partial<AccessInfo>): AccessInfo => ({
    tokens: true,
    key: false,
    invitation: null,
    problem: null,
    ...change,
  });

  it('is open where no token is asked for, or the server does not say', () => {
    const open = { phase: 'open', invitation: null };
    expect(entranceOf(access({ tokens: false }), 'kitchen')).toEqual(open);
    expect(entranceOf(null, 'kitchen')).toEqual(open);
  });

  it('is open by an invitation to that room, to any, or where no room is said', () => {
    for (const [invited, room] of [
      ['kitchen', 'Kitchen'],
      ['*', 'kitchen'],
      ['kitchen', null],
    ] as const) {
      const invitation = to(invited);
      expect(entranceOf(access({ invitation }), room)).toEqual({ phase: 'open', invitation });
    }
  });

  it('is shut, and it is said why', () => {
    for (const problem of ['missing', 'expired', 'invalid'] as const) {
      expect(entranceOf(access({ problem }), 'kitchen')).toMatchObject({ phase: 'shut', problem });
    }
    const invitation = to('cellar');
    expect(entranceOf(access({ invitation }), 'kitchen')).toEqual({
      phase: 'shut',
      problem: 'other-room',
      invitation,
    });
  });
});

describe('requests with a token', () => {
  it('have it in a header, and players in the URL; a key that is right takes its place', async () => {
    const asked: [string, Record<string, string> | undefined][] = [];
    const recording = {
      id: 'one',
      state: 'complete',
      startedAt: '2026-01-01T00:00:00Z',
      media: '/api/v1/recordings/one/media',
      poster: null,
      participants: [{ id: 'a', name: 'Ana', track: '/api/v1/recordings/one/tracks/a' }],
    };
    const fetch = (path: string, { headers }: { headers?: Record<string, string> }) => {
      asked.push([path, headers]);
      return Promise.resolve({
        ok: true,
        text: () => Promise.resolve(JSON.stringify([recording])),
      });
    };
    const api = new RecordingsApi(fetch, 'a.b.c');
    const [listed] = await api.list(null);
    expect(asked).toEqual([['/api/v1/recordings', { Authorization: 'Bearer a.b.c' }]]);
    expect(listed).toMatchObject({
      media: '/api/v1/recordings/one/media?token=a.b.c',
      poster: null,
      participants: [{ track: '/api/v1/recordings/one/tracks/a?token=a.b.c' }],
    });
    await api.login('sesame');
    await api.list(null);
    expect(asked.at(-1)).toEqual(['/api/v1/recordings', undefined]);
  });

  it('that the server does not answer are no access', async () => {
    const answer = (ok: boolean, text: string) => () =>
      Promise.resolve({ ok, text: () => Promise.resolve(text) });
    expect(await askAccess(answer(false, '{}'), 'x')).toBeNull();
    expect(await askAccess(answer(true, '<html>'), 'x')).toBeNull();
    expect(await askAccess(answer(true, '[]'), 'x')).toBeNull();
    expect(await askAccess(() => Promise.reject(new Error('no network')), 'x')).toBeNull();
  });
});
