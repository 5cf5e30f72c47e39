import type { IceServer as NativeIceServer } from 'node-datachannel';
import type { IceServer } from '../protocol/server.ts';

/**
 * STUN and TURN servers as libdatachannel wants them; it speaks TURN over UDP only, so others are
 * left out (RFC 7065).
 */
export function nativeIceServers(servers: readonly IceServer[]): (string | NativeIceServer)[] {
  return servers.flatMap(({ urls, username, credential }) =>
    [urls].flat().flatMap((url): (string | NativeIceServer)[] => {
      const match = /^(stun|turn):([^:?]+)(?::(\d+))?(?:\?transport=(\w+))?$/.exec(url);
      const [, scheme, hostname, port = '3478', transport = 'udp'] = match ?? [];
      if (hostname === undefined || transport !== 'udp') return [];
      if (scheme === 'stun') return [`stun:${hostname}:${port}`];
      return [
        {
          hostname,
          port: Number(port),
          relayType: 'TurnUdp',
          ...(username !== undefined && { username }),
          ...(credential !== undefined && { password: credential }),
        },
      ];
    }),
  );
}

/**
 * What the server's own uplink side asks: as for libdatachannel, TURN over UDP only. libwebrtc would make a relay for each URL
 * on each network interface, for each participant.
 */
export function ownIceServers(servers: readonly IceServer[]): IceServer[] {
  return servers.flatMap(({ urls, ...rest }) => {
    const asked = [urls].flat().filter((url) => /^(?:stun:|turn:(?!.*=tcp$))/.test(url));
    return asked.length === 0 ? [] : [{ ...rest, urls: asked }];
  });
}
