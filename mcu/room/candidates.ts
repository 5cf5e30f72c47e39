import { isIP } from 'node:net';
import type { Candidate } from '../protocol/common.ts';

/** So many remote candidates are looked at for each ICE session: a browser has a dozen. */
export const maxRemoteCandidates = 64;

/**
 * Whether an address can be used here. Browsers hide theirs behind `.local` names (mDNS), which are
 * not looked up: the browser's own connectivity checks tell the address.
 */
export const isResolvable = (address: string): boolean => isIP(address) !== 0;

/**
 * Whether a remote candidate is worth giving to native code: well-formed, an address rather than a
 * name, and of the current ICE session (RFC 8839 §5.1, RFC 8838 §11).
 * @param candidate - as received
 * @param fragments - the username fragments of the current remote description
 */
export function isUsable(
  candidate: Candidate,
  fragments: ReadonlySet<string>,
): candidate is NonNullable<Candidate> {
  if (candidate === null || candidate.candidate === '') return false;
  const fragment =
    candidate.usernameFragment ?? / ufrag (\S+)/.exec(candidate.candidate)?.[1] ?? undefined;
  if (fragment !== undefined && !fragments.has(fragment)) return false;
  const address = candidate.candidate.split(' ')[4];
  return address !== undefined && isResolvable(address);
}
