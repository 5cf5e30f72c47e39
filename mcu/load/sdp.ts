import { parse, write } from 'sdp-transform';
import { sdpText, transportOf, transportSequenceUri } from '../sdp/index.ts';
import type { DownlinkFormat } from './downlink-receiver.ts';

/** Payload types of the uplink. */
export const uplinkPayloadTypes = { vp8: 96, rtx: 97, opus: 111 } as const;
const uplinkExtension = 3;

/** The streams of an uplink. */
export interface UplinkStreams {
  readonly cname: string;
  readonly videoSsrc: number;
  readonly rtxSsrc: number;
  readonly audioSsrc: number;
}

/** The ICE username fragment of a description; candidates carry it. */
export const usernameFragmentOf = (sdp: string): string => transportOf(sdp).usernameFragment;

/**
 * The offer of an uplink as a browser makes it: one MediaStream with VP8, its retransmissions and Opus, transport-wide
 * sequence numbers on all of it.
 *
 * @param local - The description libdatachannel made, with the sections `audio` and `video`.
 * @param streams - What is sent.
 */
export function writeUplinkOffer(local: string, streams: UplinkStreams): string {
  const { usernameFragment, password, fingerprint } = transportOf(local);
  const { vp8, rtx, opus } = uplinkPayloadTypes;
  const { cname, videoSsrc, rtxSsrc, audioSsrc } = streams;
  const section = (mid: string): string[] => [
    'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:${usernameFragment}`,
    `a=ice-pwd:${password}`,
    `a=fingerprint:${fingerprint}`,
    'a=setup:actpass',
    `a=mid:${mid}`,
    `a=extmap:${uplinkExtension} ${transportSequenceUri}`,
    'a=sendonly',
    `a=msid:synthetic ${mid}`,
    'a=rtcp-mux',
    'a=rtcp-rsize',
  ];
  const source = (ssrc: number, mid: string): string[] => [
    `a=ssrc:${ssrc} cname:${cname}`,
    `a=ssrc:${ssrc} msid:synthetic ${mid}`,
  ];
  return [
    'v=0',
    'o=- 1 1 IN IP4 0.0.0.0',
    's=-',
    't=0 0',
    'a=group:BUNDLE audio video',
    'a=msid-semantic: WMS synthetic',
    'a=ice-options:trickle',
    `m=audio 9 UDP/TLS/RTP/SAVPF ${opus}`,
    ...section('audio'),
    `a=rtpmap:${opus} opus/48000/2`,
    `a=rtcp-fb:${opus} transport-cc`,
    `a=fmtp:${opus} minptime=10;useinbandfec=1`,
    ...source(audioSsrc, 'audio'),
    `m=video 9 UDP/TLS/RTP/SAVPF ${vp8} ${rtx}`,
    ...section('video'),
    `a=rtpmap:${vp8} VP8/90000`,
    ...['transport-cc', 'ccm fir', 'nack', 'nack pli'].map((each) => `a=rtcp-fb:${vp8} ${each}`),
    `a=rtpmap:${rtx} rtx/90000`,
    `a=fmtp:${rtx} apt=${vp8}`,
    `a=ssrc-group:FID ${videoSsrc} ${rtxSsrc}`,
    ...source(videoSsrc, 'video'),
    ...source(rtxSsrc, 'video'),
    '',
  ].join('\r\n');
}

/** What an answer settles about the uplink. */
export interface UplinkAnswer {
  readonly transportSequence: number | null;
  readonly rtx: boolean;
  /** Length of an Opus frame in milliseconds, where the server wants a certain one. */
  readonly frameMs: number | null;
}

/** Reads the server's answer to an uplink. */
export function readUplinkAnswer(sdp: string): UplinkAnswer {
  const { media } = parse(sdp);
  const video = media.find(({ type }) => type === 'video');
  const audio = media.find(({ type }) => type === 'audio');
  const ptime = Number(audio?.ptime);
  return {
    transportSequence: extensionOf(video) ?? extensionOf(audio),
    rtx: video?.rtp.some(({ codec }) => codec.toLowerCase() === 'rtx') ?? false,
    frameMs: Number.isFinite(ptime) ? ptime : null,
  };
}

/**
 * The answer to a downlink's offer, as a browser gives it: the wanted codec with its retransmissions and all its
 * feedback, and sound.
 *
 * @param offer - The server's.
 * @param local - The answer libdatachannel made.
 * @param codec - The codec wanted; if it was not offered, whichever was.
 * @returns The answer, and what it settles.
 */
export function writeDownlinkAnswer(
  offer: string,
  local: string,
  codec: 'h264' | 'vp8',
): { readonly sdp: string; readonly format: DownlinkFormat } {
  const session = parse(offer);
  const transport = transportOf(local);
  const [type = '', hash = ''] = transport.fingerprint.split(' ');
  let format: DownlinkFormat = {
    codec,
    videoSsrc: null,
    rtxSsrc: null,
    audioSsrc: null,
    transportSequence: null,
  };
  for (const section of session.media) {
    const [group] = section.ssrcGroups ?? [];
    const [first, second] = (group?.ssrcs ?? sdpText(section.ssrcs?.[0]?.id ?? ''))
      .split(' ')
      .map(Number);
    const ssrc = first === undefined || first === 0 ? null : first;
    const extension = extensionOf(section);
    if (section.type === 'video') {
      format = {
        ...format,
        codec: keepCodec(section, codec),
        videoSsrc: ssrc,
        rtxSsrc: second ?? null,
      };
    } else format = { ...format, audioSsrc: ssrc };
    format = { ...format, transportSequence: format.transportSequence ?? extension };
    section.direction = 'recvonly';
    section.iceUfrag = transport.usernameFragment;
    section.icePwd = transport.password;
    section.fingerprint = { type, hash };
    section.setup = transport.setup;
    delete section.ssrcs;
    delete section.ssrcGroups;
    delete section.msid;
    delete section.candidates;
    delete section.endOfCandidates;
  }
  delete session.fingerprint;
  return { sdp: write(session), format };
}

type Section = ReturnType<typeof parse>['media'][number];

function extensionOf(section: Section | undefined): number | null {
  return section?.ext?.find(({ uri }) => uri === transportSequenceUri)?.value ?? null;
}

/** Leaves one codec and its retransmissions in a section. */
function keepCodec(section: Section, wanted: 'h264' | 'vp8'): 'h264' | 'vp8' {
  const named = (name: string) => section.rtp.find(({ codec }) => codec.toLowerCase() === name);
  const codec = named(wanted) === undefined ? (wanted === 'h264' ? 'vp8' : 'h264') : wanted;
  const kept = named(codec);
  if (kept === undefined) throw new Error('The downlink has neither H.264 nor VP8.');
  const rtx = section.fmtp.find(({ config }) => config === `apt=${kept.payload}`);
  const payloads = new Set([kept.payload, ...(rtx === undefined ? [] : [rtx.payload])]);
  section.rtp = section.rtp.filter(({ payload }) => payloads.has(payload));
  section.fmtp = section.fmtp.filter(({ payload }) => payloads.has(payload));
  section.rtcpFb = (section.rtcpFb ?? []).filter(({ payload }) => payloads.has(Number(payload)));
  section.payloads = section.rtp.map(({ payload }) => payload).join(' ');
  return codec;
}
