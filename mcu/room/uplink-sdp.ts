import { parse, write, type MediaDescription } from 'sdp-transform';
import { isResolvable, maxRemoteCandidates } from './candidates.ts';
import { sdpText } from './sdp-text.ts';

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

/**
 * Prepares a browser's offer for libwebrtc:
 * - video is VP8, the cheapest codec to decode that every browser sends;
 * - candidates that cannot be resolved here are dropped, the browser's checks will show its address.
 * @param sdp - a checked offer
 */
export function prepareUplinkOffer(sdp: string): string {
  const session = parse(sdp);
  for (const section of session.media) {
    if (section.candidates !== undefined) {
      section.candidates = section.candidates
        .filter(({ ip }) => isResolvable(sdpText(ip)))
        .slice(0, maxRemoteCandidates);
    }
    if (section.type === 'video') preferCodec(section, 'VP8');
  }
  // libwebrtc's max-bundle wants the group even around a single section (RFC 8843 §7.2).
  session.groups ??= [
    { type: 'BUNDLE', mids: session.media.map(({ mid }, index) => String(mid ?? index)).join(' ') },
  ];
  return write(session);
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
