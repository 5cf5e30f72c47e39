import type { Candidate } from '../../../mcu/protocol/common.ts';
import type { PeerLike } from './platform.ts';

/** Calls `listener` for every candidate this side finds, and with null at their end, as they are sent. */
export function onLocalCandidate(peer: PeerLike, listener: (candidate: Candidate) => void): void {
  peer.addEventListener('icecandidate', (event) => {
    const candidate = (event.candidate?.toJSON() ?? null) as Candidate;
    // Firefox ends each media section with an empty candidate, and others may follow: not the end.
    if (candidate?.candidate !== '') listener(candidate);
  });
}
