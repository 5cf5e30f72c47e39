import { parse, write, type MediaDescription } from 'sdp-transform';
import { sdpText } from '../sdp/index.ts';
import { withUsableCandidates } from './candidates.ts';

/**
 * Keeps the named codec and its retransmissions, if the section has it. The browser would otherwise
 * take the first one both know, which may be a costly one.
 */
function preferCodec(section: MediaDescription, codec: string): void {
  const primary = section.rtp.filter((rtp) => rtp.codec.toUpperCase() === codec);
  if (primary.length === 0) return;
  const keep = new Set(primary.map(({ payload }) => payload));
  for (const { payload, config } of section.fmtp) {
    const apt = /(?:^|;)\s*apt=(\d+)/.exec(config)?.[1];
    if (apt !== undefined && keep.has(Number(apt))) keep.add(payload);
  }
  section.rtp = section.rtp.filter(({ payload }) => keep.has(payload));
  section.fmtp = section.fmtp.filter(({ payload }) => keep.has(payload));
  section.rtcpFb = (section.rtcpFb ?? []).filter(
    ({ payload }) => String(payload) === '*' || keep.has(Number(payload)),
  );
  section.payloads = section.rtp.map(({ payload }) => payload).join(' ');
}

/** Puts the section's track into the MediaStream named `id` (RFC 8830). */
function renameStream(section: MediaDescription, id: string): void {
  if (section.msid) section.msid = section.msid.map((stream) => ({ ...stream, id }));
  for (const ssrc of section.ssrcs ?? []) {
    if (ssrc.attribute === 'msid') ssrc.value = sdpText(ssrc.value ?? '').replace(/^\S+/, id);
  }
}

/**
 * Prepares a browser's offer for libwebrtc:
 * - video is VP8, the cheapest codec to decode that every browser sends;
 * - sound is a stream of its own: libwebrtc would hold the picture back for it, up to 60 ms too long and for the whole
 *   call where the sound's jitter buffer began large (video/stream_synchronization.cc). {@link LipSync} holds it back where
 *   that is needed;
 * - candidates that are not for native code are dropped; the browser's checks will show its address.
 * @param sdp - a checked offer
 * @param fromPrivate - whether it comes from a private address
 */
export function prepareUplinkOffer(sdp: string, fromPrivate: boolean): string {
  const session = parse(withUsableCandidates(sdp, fromPrivate));
  for (const section of session.media) {
    if (section.type === 'video') preferCodec(section, 'VP8');
    else renameStream(section, 'sound');
  }
  // libwebrtc's max-bundle wants the group even around a single section (RFC 8843 §7.2).
  session.groups ??= [
    { type: 'BUNDLE', mids: session.media.map(({ mid }, index) => String(mid ?? index)).join(' ') },
  ];
  return write(session);
}

/** What an answer tells the browser about what it may send. */
export interface AnswerTerms {
  readonly audio: {
    /** Milliseconds of an Opus frame. */
    readonly ptime: number;
    /** Bits a second. */
    readonly bitrate: number;
    /** Whether silence may be left out. */
    readonly dtx: boolean;
  };
  /** Bits a second of the picture, whatever size it has. */
  readonly videoBitrate: number;
}

/**
 * Prepares libwebrtc's answer for the browser: the length of sound frames, how many bits they and the picture may take
 * (RFC 7587 §6.1 and §7, RFC 3890 §6.2), and that a picture may be as poor as it has to (x-google-min-bitrate, which only
 * libwebrtc knows: it would rather send 30 kbit/s of picture than let sound through).
 */
export function prepareUplinkAnswer(sdp: string, { audio, videoBitrate }: AnswerTerms): string {
  const session = parse(sdp);
  for (const section of session.media) {
    if (section.type === 'audio') {
      section.ptime = audio.ptime;
      section.bandwidth = [{ type: 'TIAS', limit: audio.bitrate }];
      addParameter(section, 'OPUS', `maxaveragebitrate=${String(audio.bitrate)}`);
      if (audio.dtx) addParameter(section, 'OPUS', 'usedtx=1');
    } else {
      section.bandwidth = [{ type: 'TIAS', limit: videoBitrate }];
      addParameter(section, 'VP8', `x-google-min-bitrate=${String(leastVideoKbps)}`);
    }
  }
  return write(session);
}

/** A picture of 160x90 can still be told from another one. */
const leastVideoKbps = 10;

/** Adds a format parameter to each payload type of a codec. */
function addParameter(section: MediaDescription, codec: string, parameter: string): void {
  for (const { payload } of section.rtp.filter((rtp) => rtp.codec.toUpperCase() === codec)) {
    const known = section.fmtp.find((fmtp) => fmtp.payload === payload);
    if (known === undefined) section.fmtp.push({ payload, config: parameter });
    else known.config += `;${parameter}`;
  }
}

/** The DTLS fingerprint of a description: another one means another PeerConnection (RFC 8842 §4). */
export function fingerprintOf(sdp: string): string | undefined {
  const session = parse(sdp);
  const fingerprint =
    session.media.find((section) => section.fingerprint !== undefined)?.fingerprint ??
    session.fingerprint;
  return fingerprint && sdpText(fingerprint.hash).toUpperCase();
}

/** The ICE username fragments of a description: candidates of other ones are stale. */
export function usernameFragmentsOf(sdp: string): ReadonlySet<string> {
  const session = parse(sdp);
  return new Set(
    [session.iceUfrag, ...session.media.map(({ iceUfrag }) => iceUfrag)].flatMap((fragment) =>
      fragment === undefined ? [] : [sdpText(fragment)],
    ),
  );
}
