import type { Candidate } from '../../../mcu/protocol/common.ts';
import type { PeerLike } from './platform.ts';

/**
 * The candidates of the other side: kept until its description is set, and dropped when they belong
 * to an earlier one (by `usernameFragment`, RFC 8838 section 9).
 */
export class RemoteCandidates {
  readonly #peer: PeerLike;
  readonly #waiting: NonNullable<Candidate>[] = [];
  #fragments: ReadonlySet<string> | null = null;

  constructor(peer: PeerLike) {
    this.#peer = peer;
  }

  /** Takes a candidate as it came. Null, the end of candidates, needs nothing from us. */
  add(candidate: Candidate): void {
    if (candidate === null) return;
    if (this.#fragments === null) this.#waiting.push(candidate);
    else this.#apply(candidate, this.#fragments);
  }

  /** The remote description `sdp` is set now: applies what has waited for it. */
  described(sdp: string): void {
    const fragments = usernameFragments(sdp);
    this.#fragments = fragments;
    for (const candidate of this.#waiting.splice(0)) this.#apply(candidate, fragments);
  }

  #apply(candidate: NonNullable<Candidate>, fragments: ReadonlySet<string>): void {
    const fragment = candidate.usernameFragment;
    if (typeof fragment === 'string' && fragment !== '' && !fragments.has(fragment)) return;
    // A candidate this browser cannot use (say, of a transport it lacks) must not end the call.
    this.#peer.addIceCandidate(candidate).catch(() => undefined);
  }
}

/** Every `a=ice-ufrag` of an SDP (RFC 8839 section 5.4). */
export function usernameFragments(sdp: string): ReadonlySet<string> {
  return new Set([...sdp.matchAll(/^a=ice-ufrag:(\S+)/gm)].flatMap((match) => match[1] ?? []));
}
