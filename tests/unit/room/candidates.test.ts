import { describe, expect, it } from 'vitest';
import { isUsable } from '../../../mcu/room/candidates.ts';
import { nativeIceServers } from '../../../mcu/room/ice-servers.ts';
import { Presence, videoStallMs } from '../../../mcu/room/presence.ts';

const line = (address: string, rest = ''): string =>
  `candidate:1 1 udp 2122260223 ${address} 54321 typ host generation 0${rest}`;
const fragments = new Set(['abcd']);

describe('a remote candidate', () => {
  it.each([
    ['of this session', { candidate: line('192.0.2.1', ' ufrag abcd') }, true],
    ['of this session, said apart', { candidate: line('::1'), usernameFragment: 'abcd' }, true],
    ['that does not say', { candidate: line('192.0.2.1') }, true],
    ['of an older session', { candidate: line('192.0.2.1', ' ufrag old') }, false],
    ['of an older session, said apart', { candidate: line('::1'), usernameFragment: 'old' }, false],
    ['behind a .local name', { candidate: line('5f2a.local', ' ufrag abcd') }, false],
    ['that is nonsense', { candidate: 'nonsense' }, false],
    ['that ends a section', { candidate: '' }, false],
    ['that ends all', null, false],
  ])('%s', (_what, candidate, usable) => {
    expect(isUsable(candidate, fragments)).toBe(usable);
  });
});

describe('ICE servers for libdatachannel', () => {
  it('are STUN and TURN over UDP; others are left out', () => {
    expect(
      nativeIceServers([
        { urls: 'stun:stun.example.org' },
        {
          urls: ['turn:turn.example.org:3479?transport=udp', 'turn:turn.example.org?transport=tcp'],
          username: 'u',
          credential: 'c',
        },
        { urls: 'turns:turn.example.org' },
      ]),
    ).toEqual([
      'stun:stun.example.org:3478',
      {
        hostname: 'turn.example.org',
        port: 3479,
        relayType: 'TurnUdp',
        username: 'u',
        password: 'c',
      },
    ]);
  });
});

describe('presence', () => {
  it('tells a stalled picture from silence', () => {
    const presence = new Presence(1000);
    expect(presence.hasPicture(1000)).toBe(false);
    presence.picture(2000);
    expect(presence.hasPicture(2000 + videoStallMs - 1)).toBe(true);
    presence.heard(4000);
    expect(presence.hasPicture(2000 + videoStallMs)).toBe(false);
    expect(presence.silentFor(9000)).toBe(5000);
  });
});
