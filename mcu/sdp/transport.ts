import { parse } from 'sdp-transform';
import { sdpText } from './text.ts';

/** What a description says of its transport; with BUNDLE all its sections have the same one. */
export interface TransportDescription {
  /** Of ICE; candidates carry it. */
  readonly usernameFragment: string;
  readonly password: string;
  /** As in `a=fingerprint:`, algorithm first. */
  readonly fingerprint: string;
  /** Who begins with DTLS, as in `a=setup:`. */
  readonly setup: string;
  /** Lines without `a=`. */
  readonly candidates: readonly string[];
}

/**
 * Reads the transport part out of a description: of its first section that has one, as rejected sections do not.
 * @throws Error where there is none
 */
export function transportOf(sdp: string): TransportDescription {
  const session = parse(sdp);
  const section = session.media.find(({ iceUfrag }) => iceUfrag !== undefined) ?? session.media[0];
  const fingerprint = section?.fingerprint ?? session.fingerprint;
  const usernameFragment = section?.iceUfrag ?? session.iceUfrag;
  const password = section?.icePwd ?? session.icePwd;
  if (fingerprint === undefined || usernameFragment === undefined || password === undefined) {
    throw new Error('the description has no transport');
  }
  return {
    usernameFragment: sdpText(usernameFragment),
    password: sdpText(password),
    fingerprint: `${fingerprint.type} ${sdpText(fingerprint.hash)}`,
    setup: section?.setup ?? session.setup ?? 'actpass',
    candidates: sdp.split(/\r?\n/).flatMap((line) => /^a=(candidate:.*)$/.exec(line)?.[1] ?? []),
  };
}
