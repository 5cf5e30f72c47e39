import { parse } from 'sdp-transform';
import { OnegridError } from '../protocol/errors.ts';

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
    if (section.port === 0) continue;
    const fingerprint = section.fingerprint ?? session.fingerprint;
    if (!/^([0-9a-f]{2}:)+[0-9a-f]{2}$/i.test(String(fingerprint?.hash))) {
      bad('it has no DTLS fingerprint');
    }
    const fragment = section.iceUfrag ?? session.iceUfrag;
    const password = section.icePwd ?? session.icePwd;
    if (fragment === undefined || password === undefined) bad('it has no ICE credentials');
  }
  if (kind === 'offer' && !media.some(({ direction }) => sending.has(direction ?? 'sendrecv'))) {
    bad('it sends nothing');
  }
}
