import { describe, expect, it } from 'vitest';
import { checkSdp } from '../../../mcu/gateway/sdp-limits.ts';

const transport = [
  'a=ice-ufrag:abcd',
  'a=ice-pwd:0123456789012345678901',
  'a=fingerprint:sha-256 AA:BB:CC',
];
const section = (type: string, direction = 'sendonly', lines = transport): string[] => [
  `m=${type} 9 UDP/TLS/RTP/SAVPF 96`,
  'c=IN IP4 0.0.0.0',
  ...lines,
  `a=${direction}`,
];
const sdp = (...sections: string[][]): string =>
  ['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=-', 't=0 0', ...sections.flat(), ''].join('\r\n');

const many = (count: number, line: (index: string) => string): string[] => [
  ...transport,
  ...Array.from({ length: count }, (_, index) => line(String(index))),
];

describe('checkSdp', () => {
  it('takes one sending section of each kind, and an answer that receives', () => {
    checkSdp(sdp(section('audio'), section('video')), 'offer');
    checkSdp(sdp(section('audio')), 'offer');
    checkSdp(sdp(section('video', 'recvonly'), section('audio', 'recvonly')), 'answer');
  });

  it.each([
    ['something else', 'hello', 'it is not SDP'],
    ['no media', sdp(), 'it has no media'],
    ['two video sections', sdp(section('video'), section('video')), 'more than one video section'],
    ['a data channel', sdp(section('audio'), section('application')), 'another kind'],
    [
      'no fingerprint',
      sdp(section('audio', 'sendonly', transport.slice(0, 2))),
      'DTLS fingerprint',
    ],
    [
      'a number as fingerprint',
      sdp(section('audio', 'sendonly', [...transport.slice(0, 2), 'a=fingerprint:sha-256 1'])),
      'DTLS fingerprint',
    ],
    ['no ICE', sdp(section('audio', 'sendonly', transport.slice(2))), 'ICE credentials'],
    [
      'a password of ICE that is none',
      sdp(section('audio', 'sendonly', [transport[0]!, 'a=ice-pwd:x', transport[2]!])),
      'ICE credentials',
    ],
    [
      'a fragment of ICE that is none',
      sdp(section('audio', 'sendonly', ['a=ice-ufrag:ab cd', ...transport.slice(1)])),
      'ICE credentials',
    ],
    [
      'many lines',
      sdp(
        section(
          'audio',
          'sendonly',
          many(2000, () => 'a=x'),
        ),
      ),
      'too many lines',
    ],
    ['a long line', sdp(section('audio', 'sendonly', [`a=${'x'.repeat(3000)}`])), 'too long'],
    [
      'many payload types',
      sdp(
        section(
          'audio',
          'sendonly',
          many(200, (index) => `a=rtpmap:${index} opus/48000`),
        ),
      ),
      'payload types',
    ],
    [
      'many SSRCs',
      sdp(
        section(
          'audio',
          'sendonly',
          many(100, (index) => `a=ssrc:${index} cname:x`),
        ),
      ),
      'SSRCs',
    ],
    ['nothing sent', sdp(section('audio', 'recvonly')), 'sends nothing'],
  ])('refuses %s', (_what, text, why) => {
    expect(() => {
      checkSdp(text, 'offer');
    }).toThrow(why);
  });
});
