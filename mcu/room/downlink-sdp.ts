import { parse } from 'sdp-transform';
import { type TransportDescription, transportOf, transportSequenceUri } from '../sdp/index.ts';

/** Payload types of the downlink; each video codec has a retransmission format of its own, sound a redundant one. */
export const payloadTypes = {
  h264: 102,
  h264Rtx: 103,
  vp8: 96,
  vp8Rtx: 97,
  opus: 111,
  red: 63,
} as const;

/** Id of the transport-wide sequence number extension. */
export const transportSequenceExtension = 3;

/** The streams of a downlink. */
export interface StreamDescription {
  readonly cname: string;
  readonly videoSsrc: number;
  readonly videoRtxSsrc: number;
  readonly audioSsrc: number;
  readonly profileLevelId: string;
}

/**
 * The offer a browser gets: one sending video and one sending audio section in one MediaStream,
 * H.264 before VP8, retransmission (RFC 4588) for both, redundancy (RFC 2198) for sound, transport-wide
 * sequence numbers on everything. libdatachannel's own offer lacks all feedback but NACK and PLI.
 */
export function writeOffer(
  transport: Omit<TransportDescription, 'setup'>,
  streams: StreamDescription,
): string {
  const { h264, h264Rtx, vp8, vp8Rtx, opus, red } = payloadTypes;
  const { cname, videoSsrc, videoRtxSsrc, audioSsrc, profileLevelId } = streams;
  const connection = (): string[] => [
    'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:${transport.usernameFragment}`,
    `a=ice-pwd:${transport.password}`,
    `a=fingerprint:${transport.fingerprint}`,
    'a=setup:actpass',
    'a=sendonly',
    'a=rtcp-mux',
    'a=rtcp-rsize',
    `a=extmap:${String(transportSequenceExtension)} ${transportSequenceUri}`,
  ];
  const feedback = (payloadType: number): string[] =>
    ['nack', 'nack pli', 'ccm fir', 'transport-cc'].map(
      (type) => `a=rtcp-fb:${String(payloadType)} ${type}`,
    );
  const rtx = (payloadType: number, of: number): string[] => [
    `a=rtpmap:${String(payloadType)} rtx/90000`,
    `a=fmtp:${String(payloadType)} apt=${String(of)}`,
  ];
  const source = (ssrc: number, track: string): string[] => [
    `a=ssrc:${String(ssrc)} cname:${cname}`,
    `a=ssrc:${String(ssrc)} msid:onegrid ${track}`,
  ];
  return [
    'v=0',
    'o=onegrid 1 1 IN IP4 0.0.0.0',
    's=-',
    't=0 0',
    'a=group:BUNDLE video audio',
    'a=msid-semantic:WMS onegrid',
    'a=ice-options:trickle',
    `m=video 9 UDP/TLS/RTP/SAVPF ${[h264, h264Rtx, vp8, vp8Rtx].join(' ')}`,
    ...connection(),
    'a=mid:video',
    'a=msid:onegrid video',
    `a=rtpmap:${String(h264)} H264/90000`,
    ...feedback(h264),
    `a=fmtp:${String(h264)} level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=${profileLevelId}`,
    ...rtx(h264Rtx, h264),
    `a=rtpmap:${String(vp8)} VP8/90000`,
    ...feedback(vp8),
    ...rtx(vp8Rtx, vp8),
    `a=ssrc-group:FID ${String(videoSsrc)} ${String(videoRtxSsrc)}`,
    ...source(videoSsrc, 'video'),
    ...source(videoRtxSsrc, 'video'),
    ...transport.candidates.map((candidate) => `a=${candidate}`),
    `m=audio 9 UDP/TLS/RTP/SAVPF ${[opus, red].join(' ')}`,
    ...connection(),
    'a=mid:audio',
    'a=msid:onegrid audio',
    `a=rtpmap:${String(opus)} opus/48000/2`,
    `a=rtcp-fb:${String(opus)} transport-cc`,
    `a=fmtp:${String(opus)} minptime=10;useinbandfec=1`,
    `a=rtpmap:${String(red)} red/48000/2`,
    `a=fmtp:${String(red)} ${String(opus)}/${String(opus)}`,
    ...source(audioSsrc, 'audio'),
    '',
  ].join('\r\n');
}

/**
 * A browser's answer as libdatachannel is told it: the one section it knows of, which takes all there is to send, whatever the
 * browser has made of each of its own. See `Downlink` for why there is but one.
 * @param sdp - as the browser wrote it, its candidates looked at already
 * @throws Error where it has no transport
 */
export function carrierAnswer(sdp: string): string {
  const transport = transportOf(sdp);
  return [
    'v=0',
    'o=- 1 1 IN IP4 0.0.0.0',
    's=-',
    't=0 0',
    'a=group:BUNDLE video',
    `m=video 9 UDP/TLS/RTP/SAVPF ${String(payloadTypes.h264)}`,
    'c=IN IP4 0.0.0.0',
    'a=mid:video',
    'a=recvonly',
    'a=rtcp-mux',
    `a=ice-ufrag:${transport.usernameFragment}`,
    `a=ice-pwd:${transport.password}`,
    `a=fingerprint:${transport.fingerprint}`,
    `a=setup:${transport.setup}`,
    `a=rtpmap:${String(payloadTypes.h264)} H264/90000`,
    ...transport.candidates.map((candidate) => `a=${candidate}`),
    '',
  ].join('\r\n');
}

/** What a browser's answer settles. */
export interface AnsweredMedia {
  /** The video codec it takes, null for none. */
  readonly codec: 'h264' | 'vp8' | null;
  /** Whether it takes retransmissions as RTX. */
  readonly rtx: boolean;
  /** Whether it takes sound. */
  readonly audio: boolean;
  /** Whether it takes sound with earlier frames (RED). */
  readonly red: boolean;
  /** Whether it takes transport-wide sequence numbers. */
  readonly transportSequence: boolean;
}

/** Reads what a browser's answer settles: H.264 if it has it, else VP8. */
export function readAnswer(sdp: string): AnsweredMedia {
  const { media } = parse(sdp);
  const accepted = (type: string): readonly number[] => {
    const section = media.find((candidate) => candidate.type === type);
    // Without a direction it is both (RFC 8866 §6.7).
    const receives = /recv/.test(section?.direction ?? 'sendrecv');
    return section !== undefined && section.port !== 0 && receives
      ? section.rtp.map(({ payload }) => payload)
      : [];
  };
  const video = accepted('video');
  const sound = accepted('audio');
  const codec = (['h264', 'vp8'] as const).find((name) => video.includes(payloadTypes[name]));
  return {
    codec: codec ?? null,
    rtx: codec !== undefined && video.includes(payloadTypes[`${codec}Rtx`]),
    audio: sound.includes(payloadTypes.opus),
    red: sound.includes(payloadTypes.opus) && sound.includes(payloadTypes.red),
    transportSequence: media.some(({ ext = [] }) =>
      ext.some(({ uri }) => uri === transportSequenceUri),
    ),
  };
}
