import type { Candidate } from '../protocol/common.ts';
import { isUsableAddress } from '../addresses.ts';

/** So many remote candidates are looked at for each ICE session: a browser has a dozen. */
export const maxRemoteCandidates = 64;

/**
 * Ports below are of services, such as DNS and NTP, and no browser has a socket at one: the system keeps them back, and NATs give
 * them to nobody who has not asked from one (RFC 4787 REQ-3). 443 and 80 are no exceptions: nobody waits for ICE there but relays,
 * whose relayed candidates have ports of another range.
 */
const leastPort = 1024;

/** RFC 8839 §5.1, as far as it matters; RFC 6544 §4.5 for TCP. What follows the type is left to extensions. */
const grammar =
  /^(?:a=)?candidate:([A-Za-z0-9+/]{1,32}) (\d{1,3}) (udp|tcp) (\d{1,10}) (\S{1,64}) (\d{1,5}) typ (host|srflx|prflx|relay)(?: |$)/i;

/**
 * A remote candidate as native code may see it: over UDP, for the one component there is, at an address and port of
 * another host. It is written anew, so that nothing else of what a stranger wrote gets through.
 *
 * TCP ones are never used: browsers only connect by TCP and are not connected to, and their connections tell their
 * address. No stranger makes this host open connections.
 * @param text - `candidate:…`, with or without `a=`
 * @param fromPrivate - whether who sent it comes from a private address: see {@link isUsableAddress}
 * @returns null for one that is not worth it
 */
export function usableCandidate(text: string, fromPrivate: boolean): string | null {
  const [, foundation, component, transport, priority, address, port, type] =
    grammar.exec(text) ?? [];
  if (foundation === undefined || address === undefined || type === undefined) return null;
  const [rank, socket] = [Number(priority), Number(port)];
  const isGood =
    component === '1' &&
    transport?.toLowerCase() === 'udp' &&
    rank >= 1 &&
    rank <= 0x7fffffff &&
    socket >= leastPort &&
    socket <= 65535 &&
    isUsableAddress(address, fromPrivate);
  if (!isGood) return null;
  return `candidate:${foundation} 1 udp ${String(rank)} ${address} ${String(socket)} typ ${type.toLowerCase()}`;
}

/**
 * The same for a candidate that was signalled, which must be of the current ICE session (RFC 8838 §11).
 * @param candidate - as received
 * @param fragments - the username fragments of the current remote description
 * @param fromPrivate - as above
 */
export function usableTrickled(
  candidate: NonNullable<Candidate>,
  fragments: ReadonlySet<string>,
  fromPrivate: boolean,
): string | null {
  // An empty one says nothing.
  const fragment = candidate.usernameFragment || / ufrag (\S+)/.exec(candidate.candidate)?.[1];
  if (fragment !== undefined && !fragments.has(fragment)) return null;
  return usableCandidate(candidate.candidate, fromPrivate);
}

/**
 * The same for a whole description: what it has too many of goes too. Other addresses that it names (RFC 8839 §4.1 and §5.4,
 * RFC 3605) are taken out.
 */
export function withUsableCandidates(sdp: string, fromPrivate: boolean): string {
  let count = 0;
  return (
    sdp
      // sdp-transform, which some descriptions go through, takes a lone CR for an end too.
      .split(/\r\n|\r|\n/)
      .flatMap((line) => {
        if (/^c=/i.test(line)) return ['c=IN IP4 0.0.0.0'];
        if (/^a=(?:rtcp|remote-candidates):/i.test(line)) return [];
        if (!/^a=candidate:/i.test(line)) return [line];
        const usable = count < maxRemoteCandidates ? usableCandidate(line, fromPrivate) : null;
        if (usable === null) return [];
        count += 1;
        return [`a=${usable}`];
      })
      .join('\r\n')
  );
}
