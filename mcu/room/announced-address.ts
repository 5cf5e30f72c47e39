import type { MediaMessage } from '../protocol/server.ts';
import { isLocalIPv4 } from '../addresses.ts';

/** A host candidate with an IPv4 address: what is before, the address, what is between, what follows. */
const hostCandidate =
  /^((?:a=)?candidate:\S+ \d+ \S+ \d+ )(\d+\.\d+\.\d+\.\d+)( \d+ typ host\b.*)$/i;
/** Where else a description names the address of a candidate (RFC 8866 §5.7, RFC 3605). */
const connectionAddress = /^((?:c=|a=rtcp:\d+ )IN IP4 )(\d+\.\d+\.\d+\.\d+)$/;

function announceLine(line: string, announced: string): string {
  const [, before, address, after = ''] =
    hostCandidate.exec(line) ?? connectionAddress.exec(line) ?? [];
  if (before === undefined || address === undefined) return line;
  return address !== '0.0.0.0' && isLocalIPv4(address) ? before + announced + after : line;
}

/**
 * A message with the server's candidates as one behind a 1:1 NAT has to tell them: local IPv4 addresses become the
 * public one, ports stay. Other candidates, IPv6 and names are left as they are. `candidate` and `sdp` alike.
 * @param message - from one of the server's PeerConnections
 * @param announced - the public address, IPv4; undefined: nothing is changed
 */
export function announce(message: MediaMessage, announced: string | undefined): MediaMessage {
  if (announced === undefined) return message;
  switch (message.type) {
    case 'candidate': {
      const { candidate } = message;
      if (candidate === null) return message;
      const line = announceLine(candidate.candidate, announced);
      return { ...message, candidate: { ...candidate, candidate: line } };
    }
    case 'offer':
    case 'answer': {
      const lines = message.sdp.split('\r\n').map((line) => announceLine(line, announced));
      return { ...message, sdp: lines.join('\r\n') };
    }
    default:
      return message;
  }
}
