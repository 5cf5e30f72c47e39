import { parse } from 'sdp-transform';
import { OnegridError } from '../protocol/errors.ts';

/** So long a description is at most, and each of its lines, in lines and characters: browsers' have some 300, of 300. */
const mostLines = 1500;
const longestLine = 2000;
/** Payload types are 7 bits (RFC 3550 §5.1); a browser names some 40 in a section, and 4 SSRCs with 4 lines each. */
const mostPayloads = 128;
const mostSsrcLines = 64;
/** RFC 8839 §5.4. */
const fragmentShape = /^[A-Za-z0-9+/]{4,256}$/;
const passwordShape = /^[A-Za-z0-9+/]{22,256}$/;

/** Directions in which a browser sends. */
const sending = new Set(['sendonly', 'sendrecv']);

/**
 * Refuses SDP that no browser would send, before native code sees it.
 * @param sdp - a session description
 * @param kind - an uplink offer holds at most one sending audio and one sending video section; a
 *   downlink answer one section of each
 * @throws OnegridError `bad-sdp`
 */
export function checkSdp(sdp: string, kind: 'offer' | 'answer'): void {
  const bad = (why: string): never => {
    throw new OnegridError('bad-sdp', `The ${kind} cannot be used: ${why}.`);
  };
  if (!sdp.startsWith('v=0')) bad('it is not SDP');
  // Before anything reads them: what each line costs is not looked at here.
  const lines = sdp.split(/\r\n|\r|\n/);
  if (lines.length > mostLines) bad('it has too many lines');
  if (lines.some((line) => line.length > longestLine)) bad('it has a line that is too long');
  const session = parse(sdp);
  const { media } = session;
  if (media.length < 1) bad('it has no media');
  for (const type of ['audio', 'video']) {
    const sections = media.filter((section) => section.type === type);
    if (sections.length > 1) bad(`it has more than one ${type} section`);
  }
  for (const section of media) {
    if (section.type !== 'audio' && section.type !== 'video') {
      bad(`it has a section of another kind than audio and video`);
    }
    if (section.rtp.length > mostPayloads || section.fmtp.length > mostPayloads) {
      bad('it has too many payload types');
    }
    if ((section.ssrcs?.length ?? 0) > mostSsrcLines) bad('it has too many SSRCs');
    if (section.port === 0) continue;
    const fingerprint = section.fingerprint ?? session.fingerprint;
    if (!/^([0-9a-f]{2}:)+[0-9a-f]{2}$/i.test(String(fingerprint?.hash))) {
      bad('it has no DTLS fingerprint');
    }
    const fragment = section.iceUfrag ?? session.iceUfrag;
    const password = section.icePwd ?? session.icePwd;
    if (!fragmentShape.test(String(fragment)) || !passwordShape.test(String(password))) {
      bad('it has no ICE credentials');
    }
  }
  if (kind === 'offer' && !media.some(({ direction }) => sending.has(direction ?? 'sendrecv'))) {
    bad('it sends nothing');
  }
}
