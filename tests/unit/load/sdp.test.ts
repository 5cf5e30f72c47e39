import { expect, it } from 'vitest';
import { parse } from 'sdp-transform';
import {
  readUplinkAnswer,
  uplinkPayloadTypes,
  writeDownlinkAnswer,
  writeUplinkOffer,
} from '../../../mcu/load/sdp.ts';
import { checkSdp } from '../../../mcu/gateway/sdp-limits.ts';
import { readAnswer, writeOffer } from '../../../mcu/room/downlink-sdp.ts';
import { prepareUplinkAnswer, prepareUplinkOffer } from '../../../mcu/room/uplink-sdp.ts';

const fingerprint = `sha-256 ${Array.from({ length: 32 }, () => '11').join(':')}`;
const local = [
  'v=0',
  'o=- 1 1 IN IP4 0.0.0.0',
  's=-',
  't=0 0',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=mid:video',
  'a=ice-ufrag:1234',
  'a=ice-pwd:5678901234567890123456',
  `a=fingerprint:${fingerprint}`,
  'a=setup:active',
  '',
].join('\r\n');
const offer = writeOffer(
  {
    usernameFragment: 'abcd',
    password: 'abcdefghijklmnopqrstuv',
    fingerprint,
    candidates: ['candidate:1 1 UDP 1 127.0.0.1 9 typ host'],
  },
  { cname: 'x', videoSsrc: 5, videoRtxSsrc: 6, audioSsrc: 7, profileLevelId: '42e01f' },
);

it('answers a downlink with one codec, its resends and all its feedback', () => {
  const { sdp, format } = writeDownlinkAnswer(offer, local, 'h264');
  expect(format).toEqual({
    ...{ codec: 'h264', videoSsrc: 5, rtxSsrc: 6, audioSsrc: 7, transportSequence: 3 },
  });
  expect(() => checkSdp(sdp, 'answer')).not.toThrow();
  expect(readAnswer(sdp)).toEqual({
    red: true,
    ...{ codec: 'h264', rtx: true, audio: true, transportSequence: true },
  });
  const [video, audio] = parse(sdp).media;
  expect(video).toMatchObject({ payloads: '102 103', direction: 'recvonly', setup: 'active' });
  expect(video!.rtcpFb!.map(({ type, subtype }) => `${type} ${subtype ?? ''}`.trim())).toEqual([
    ...['nack', 'nack pli', 'ccm fir', 'transport-cc'],
  ]);
  expect(audio).toMatchObject({ payloads: '111 63', direction: 'recvonly' });
  expect(sdp).not.toMatch(/a=(ssrc|candidate)/);
});

it('answers with VP8 where that is wanted', () => {
  const { sdp, format } = writeDownlinkAnswer(offer, local, 'vp8');
  expect(format.codec).toBe('vp8');
  expect(readAnswer(sdp)).toMatchObject({ codec: 'vp8', rtx: true });
});

it('offers an uplink that the server takes, and reads its answer', () => {
  const streams = { cname: 'me', videoSsrc: 1, rtxSsrc: 2, audioSsrc: 3 };
  const sdp = writeUplinkOffer(local, streams);
  expect(() => checkSdp(sdp, 'offer')).not.toThrow();
  const prepared = parse(prepareUplinkOffer(sdp, true));
  expect(prepared.media.map(({ type, payloads }) => [type, String(payloads)])).toEqual([
    ['audio', '111'],
    ['video', `${uplinkPayloadTypes.vp8} ${uplinkPayloadTypes.rtx}`],
  ]);
  const terms = { audio: { ptime: 10, bitrate: 32_000, dtx: false }, videoBitrate: 500_000 };
  expect(readUplinkAnswer(prepareUplinkAnswer(sdp, terms))).toEqual({
    ...{ transportSequence: 3, rtx: true, frameMs: 10 },
  });
  const bare = sdp.replaceAll(/a=(extmap|rtpmap:97|fmtp:97).*\r\n/g, '');
  expect(readUplinkAnswer(bare)).toEqual({ transportSequence: null, rtx: false, frameMs: null });
});
