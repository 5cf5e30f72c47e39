import { parse } from 'sdp-transform';
import { describe, expect, it } from 'vitest';
import { carrierAnswer, readAnswer, writeOffer } from '../../../mcu/room/downlink-sdp.ts';
import {
  fingerprintOf,
  prepareUplinkAnswer,
  prepareUplinkOffer,
  usernameFragmentsOf,
} from '../../../mcu/room/uplink-sdp.ts';
import { transportOf } from '../../../mcu/sdp/index.ts';

const transport = {
  usernameFragment: 'frag',
  password: 'password',
  fingerprint: 'sha-256 AA:BB',
  candidates: ['candidate:1 1 UDP 1 192.0.2.1 1000 typ host'],
};
const streams = {
  cname: 'alice',
  videoSsrc: 11,
  videoRtxSsrc: 12,
  audioSsrc: 13,
  profileLevelId: '42e01f',
};

describe('the downlink offer', () => {
  const offer = writeOffer(transport, streams);
  const session = parse(offer);
  const [video, audio] = session.media;

  it('has one sending video and one sending audio section in one stream', () => {
    expect(session.media.map(({ type, direction }) => [type, direction])).toEqual([
      ['video', 'sendonly'],
      ['audio', 'sendonly'],
    ]);
    expect(offer.match(/^a=msid:onegrid /gm)).toHaveLength(2);
  });

  it('prefers H.264, falls back to VP8, and has RTX for both', () => {
    expect(video?.payloads).toBe('102 103 96 97');
    expect(video?.rtp.map(({ codec }) => codec)).toEqual(['H264', 'rtx', 'VP8', 'rtx']);
    expect(video?.ssrcGroups).toEqual([{ semantics: 'FID', ssrcs: '11 12' }]);
    expect(video?.fmtp.map(({ config }) => config)).toContain('apt=102');
  });

  it('has sound with redundancy as Chromium writes it', () => {
    expect(audio?.payloads).toBe('111 63');
    expect(offer).toContain('a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n');
  });

  it('asks for transport-wide feedback on both', () => {
    for (const section of [video, audio]) {
      expect(section?.ext?.[0]?.uri).toContain('transport-wide-cc');
      expect(section?.rtcpFb?.map(({ type }) => type)).toContain('transport-cc');
    }
  });

  it('carries the transport it was given, and gives it back', () => {
    expect(transportOf(offer)).toEqual({ ...transport, setup: 'actpass' });
  });
});

describe('the downlink answer', () => {
  const answer = (payloads: number[], direction = 'recvonly', sound: number[] = [111]): string =>
    [
      'v=0',
      'o=- 1 1 IN IP4 0.0.0.0',
      's=-',
      't=0 0',
      `m=video 9 UDP/TLS/RTP/SAVPF ${payloads.join(' ')}`,
      `a=${direction}`,
      ...payloads.map((payload) => `a=rtpmap:${String(payload)} X/90000`),
      `m=audio 9 UDP/TLS/RTP/SAVPF ${sound.join(' ')}`,
      'a=recvonly',
      ...sound.map((payload) => `a=rtpmap:${String(payload)} X/48000/2`),
      '',
    ].join('\r\n');

  it('settles codec and retransmission', () => {
    expect(readAnswer(answer([102, 103, 96, 97]))).toEqual({
      codec: 'h264',
      rtx: true,
      audio: true,
      red: false,
      transportSequence: false,
    });
    expect(readAnswer(answer([102], 'recvonly', [111, 63]))).toMatchObject({
      audio: true,
      red: true,
    });
    expect(readAnswer(answer([102], 'recvonly', [63]))).toMatchObject({ audio: false, red: false });
    expect(readAnswer(answer([96, 97]))).toMatchObject({ codec: 'vp8', rtx: true, audio: true });
    expect(readAnswer(answer([96]))).toMatchObject({ codec: 'vp8', rtx: false, audio: true });
    expect(readAnswer(answer([102], 'inactive'))).toMatchObject({
      codec: null,
      rtx: false,
      audio: true,
    });
  });
});

describe('the answer that libdatachannel is told', () => {
  const browser = (video: number, audio: number): string => {
    const section = (kind: string, port: number): string[] => [
      `m=${kind} ${String(port)} UDP/TLS/RTP/SAVPF 102`,
      ...(port === 0
        ? ['a=inactive']
        : [
            'a=ice-ufrag:abcd',
            'a=ice-pwd:0123456789012345678901',
            'a=fingerprint:sha-256 AA:BB',
            'a=setup:active',
            'a=recvonly',
          ]),
      `a=mid:${kind}`,
    ];
    return [
      ...['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=-', 't=0 0'],
      ...section('video', video),
      ...section('audio', audio),
      'a=candidate:1 1 udp 1 192.0.2.7 5000 typ host',
      '',
    ].join('\r\n');
  };

  it.each([
    ['both', browser(9, 9)],
    ['sound only', browser(0, 9)],
    ['pictures only', browser(9, 0)],
  ])('has one section that takes all, where the browser takes %s', (_what, sdp) => {
    const { media } = parse(carrierAnswer(sdp));
    expect(media).toHaveLength(1);
    expect(media[0]).toMatchObject({ type: 'video', port: 9, direction: 'recvonly', mid: 'video' });
    expect(transportOf(carrierAnswer(sdp))).toEqual({
      usernameFragment: 'abcd',
      password: '0123456789012345678901',
      fingerprint: 'sha-256 AA:BB',
      setup: 'active',
      candidates: ['candidate:1 1 udp 1 192.0.2.7 5000 typ host'],
    });
  });

  it('is none where there is no transport', () => {
    expect(() => carrierAnswer(browser(0, 0))).toThrow('no transport');
  });
});

describe('the uplink offer', () => {
  const offer = [
    'v=0',
    'o=- 1 1 IN IP4 0.0.0.0',
    's=-',
    't=0 0',
    'm=video 9 UDP/TLS/RTP/SAVPF 45 96 97 102',
    'c=IN IP4 0.0.0.0',
    'a=ice-ufrag:abcd',
    'a=ice-pwd:0123456789012345678901',
    'a=fingerprint:sha-256 aa:bb',
    'a=sendonly',
    'a=extmap:3 urn:3gpp:video-orientation',
    'a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
    'a=rtpmap:45 AV1/90000',
    'a=rtpmap:96 VP8/90000',
    'a=rtcp-fb:45 nack',
    'a=rtcp-fb:96 nack',
    'a=rtpmap:97 rtx/90000',
    'a=fmtp:97 apt=96',
    'a=rtpmap:102 H264/90000',
    'a=candidate:1 1 udp 1 0a1b.local 5000 typ host',
    'a=candidate:2 1 udp 1 192.0.2.7 5000 typ host',
    '',
  ].join('\r\n');

  it('is stripped of what costs too much or cannot be resolved', () => {
    const [video] = parse(prepareUplinkOffer(offer, true)).media;
    // Turned pictures are turned upright here: Chromium sends none at all to who cannot.
    expect(video?.ext?.map(({ value }) => value)).toEqual([3, 4]);
    expect(video?.payloads).toBe('96 97');
    expect(video?.rtcpFb).toEqual([{ payload: 96, type: 'nack' }]);
    expect(video?.candidates?.map(({ ip }) => ip)).toEqual(['192.0.2.7']);
  });

  it('keeps its codecs where VP8 is not among them', () => {
    const without = offer.replace('VP8', 'VP9').replace('VP8', 'VP9');
    expect(parse(prepareUplinkOffer(without, true)).media[0]?.payloads).toBe('45 96 97 102');
  });

  it('is known by an ICE fragment of digits too, and gets a BUNDLE group', () => {
    const digits = offer.replace('ice-ufrag:abcd', 'ice-ufrag:1234');
    expect(usernameFragmentsOf(digits)).toEqual(new Set(['1234']));
    expect(prepareUplinkOffer(digits, true)).toContain('a=ice-ufrag:1234');
    expect(prepareUplinkOffer(digits, true)).toMatch(/^a=group:BUNDLE /m);
  });

  it('is known by its fingerprint and its ICE fragment', () => {
    expect(fingerprintOf(offer)).toBe('AA:BB');
    expect(usernameFragmentsOf(offer)).toEqual(new Set(['abcd']));
  });
});

describe('the streams of an uplink offer', () => {
  it('are one for sound and one for the picture', () => {
    const section = (kind: string, ssrc: number): string =>
      `m=${kind} 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 ${kind === 'audio' ? 'opus' : 'VP8'}/90000\r\n` +
      `a=msid:stream ${kind}Track\r\na=ssrc:${String(ssrc)} cname:c\r\na=ssrc:${String(ssrc)} msid:stream ${kind}Track\r\n`;
    const offer = `v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n${section('audio', 1)}${section('video', 2)}`;
    const [audio, video] = prepareUplinkOffer(offer, true).split('m=video');
    expect(audio).toContain('a=msid:sound audioTrack\r\n');
    expect(audio).toContain('a=ssrc:1 cname:c\r\na=ssrc:1 msid:sound audioTrack\r\n');
    expect(video).toContain('a=msid:stream videoTrack\r\n');
    expect(video).toContain('a=ssrc:2 msid:stream videoTrack\r\n');
  });
});

describe('the uplink answer', () => {
  const section = (kind: string, codec: string): string =>
    `m=${kind} 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:0123\r\na=mid:${kind}\r\na=recvonly\r\na=rtpmap:111 ${codec}\r\n`;
  const sound = section('audio', 'opus/48000/2') + 'a=fmtp:111 minptime=10;useinbandfec=1\r\n';
  const answer = `v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n${sound}${section('video', 'VP8/90000')}`;
  const added = (dtx: boolean): string[][] => {
    const terms = { audio: { ptime: 60, bitrate: 16_000, dtx }, videoBitrate: 50_000 };
    const prepared = prepareUplinkAnswer(answer, terms);
    const known = answer.split('\r\n');
    return prepared
      .split('m=video')
      .map((part) => part.split('\r\n').filter((line) => !known.includes(line) && line !== ''));
  };

  it('says how long frames of sound are and how many bits each may take, and changes nothing else', () => {
    const [audio, video] = added(true);
    expect(audio).toEqual([
      'b=TIAS:16000',
      'a=fmtp:111 minptime=10;useinbandfec=1;maxaveragebitrate=16000;usedtx=1',
      'a=ptime:60',
    ]);
    expect(video?.slice(1)).toEqual(['b=TIAS:50000', 'a=fmtp:111 x-google-min-bitrate=10']);
    expect(added(false)[0]?.join()).not.toContain('dtx');
  });
});
