import type { ConnectionCheckInfo } from '../../../mcu/protocol/connection-check.ts';
import { onLocalCandidate } from '../client/local-candidates.ts';
import type { IceServerInit, Platform } from '../client/platform.ts';

/** A server that was not heard of for so long does not answer, milliseconds. */
const patienceMs = 4000;

/**
 * The STUN server that tells whether UDP gets to the server.
 * @param host - of the page
 */
export function udpServer(
  udp: NonNullable<ConnectionCheckInfo['udp']>,
  host: string,
): IceServerInit {
  return { urls: `stun:${udp.address ?? host}:${String(udp.port)}` };
}

/** The relays (TURN) among the servers, by how the browser gets there. */
export function relaysOf(servers: readonly IceServerInit[]): {
  udp: IceServerInit[];
  tcp: IceServerInit[];
} {
  const only = (wanted: (url: string) => boolean): IceServerInit[] =>
    servers.flatMap((server) => {
      const urls = [server.urls].flat().filter((url) => url.startsWith('turn') && wanted(url));
      return urls.length === 0 ? [] : [{ ...server, urls }];
    });
  // RFC 7065: without a transport, turn is UDP and turns is TCP.
  const isTcp = (url: string): boolean =>
    url.endsWith('transport=tcp') || (url.startsWith('turns') && !url.endsWith('transport=udp'));
  return { udp: only((url) => !isTcp(url)), tcp: only(isTcp) };
}

/**
 * Whether one of these servers answers, told by the candidate that comes of it.
 * @param type - `srflx` of a STUN server, `relay` of a TURN server
 */
export function answers(
  platform: Pick<Platform, 'createPeer' | 'after'>,
  servers: readonly IceServerInit[],
  type: 'srflx' | 'relay',
  signal: AbortSignal,
): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const peer = platform.createPeer(servers);
    const end = (found: boolean): void => {
      cancel();
      signal.removeEventListener('abort', abort);
      peer.close();
      resolve(found);
    };
    const abort = (): void => {
      end(false);
    };
    const cancel = platform.after(patienceMs, abort);
    signal.addEventListener('abort', abort);
    onLocalCandidate(peer, (candidate) => {
      if (candidate === null) end(false);
      else if (candidate.candidate.includes(` typ ${type}`)) end(true);
    });
    peer.addTransceiver('audio', {});
    peer
      .createOffer()
      .then(({ sdp = '' }) => peer.setLocalDescription({ type: 'offer', sdp }))
      .catch(abort);
  });
}
