import { describe, expect, it } from 'vitest';
import type { MediaMessage } from '../../../mcu/protocol/server.ts';
import { announce } from '../../../mcu/room/announced-address.ts';

const announced = '203.0.113.7';
const signalled = (candidate: string): MediaMessage => ({
  type: 'candidate',
  pc: 'uplink',
  candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'abcd' },
});

describe('the announced address', () => {
  it.each([
    [
      'candidate:1 1 UDP 2122317823 10.0.0.5 50000 typ host',
      'candidate:1 1 UDP 2122317823 203.0.113.7 50000 typ host',
    ],
    [
      'candidate:9 1 tcp 1518280447 172.17.0.2 50001 typ host tcptype passive generation 0 ufrag x network-id 1',
      'candidate:9 1 tcp 1518280447 203.0.113.7 50001 typ host tcptype passive generation 0 ufrag x network-id 1',
    ],
    [
      'candidate:1 1 udp 1 100.100.1.1 50000 typ host',
      'candidate:1 1 udp 1 203.0.113.7 50000 typ host',
    ],
  ])('stands for a local one, with its port: %s', (candidate, told) => {
    expect(announce(signalled(candidate), announced)).toEqual(signalled(told));
  });

  it.each([
    'candidate:1 1 udp 1 8.8.8.8 50000 typ host',
    'candidate:1 1 udp 1 fd00::2 50000 typ host',
    'candidate:1 1 udp 1 5f2a.local 50000 typ host',
    'candidate:1 1 udp 1 198.51.100.9 50000 typ srflx raddr 10.0.0.5 rport 50000',
    'candidate:1 1 udp 1 10.9.9.9 50000 typ relay raddr 10.0.0.5 rport 50000',
    '',
  ])('does not stand for: %s', (candidate) => {
    expect(announce(signalled(candidate), announced)).toEqual(signalled(candidate));
  });

  it('is in descriptions too', () => {
    const sdp = (first: string, second: string): string =>
      [
        'v=0',
        'o=- 1 1 IN IP4 127.0.0.1',
        'm=audio 50000 UDP/TLS/RTP/SAVPF 111',
        `c=IN IP4 ${first}`,
        'a=rtcp:9 IN IP4 0.0.0.0',
        `a=candidate:1 1 udp 2122317823 ${first} 50000 typ host`,
        `a=candidate:2 1 tcp 1518280447 ${second} 50001 typ host tcptype passive`,
        '',
      ].join('\r\n');
    const offer: MediaMessage = {
      type: 'offer',
      pc: 'downlink',
      sdp: sdp('192.168.1.2', '10.0.0.5'),
      negotiation: 1,
    };
    expect(announce(offer, announced)).toEqual({ ...offer, sdp: sdp(announced, announced) });
    expect(announce(offer, undefined)).toBe(offer);
  });

  it('changes nothing else', () => {
    const end: MediaMessage = { type: 'candidate', pc: 'uplink', candidate: null };
    expect(announce(end, announced)).toBe(end);
    const speakers: MediaMessage = { type: 'speakers', active: ['a'] };
    expect(announce(speakers, announced)).toBe(speakers);
  });
});
