/** Runs in the page before anything else: remembers its PeerConnections, to be asked for their statistics. */
export function rememberPeers(): void {
  const page = window as unknown as { testPeers: RTCPeerConnection[] };
  page.testPeers = [];
  window.RTCPeerConnection = new Proxy(RTCPeerConnection, {
    construct(target, [configuration]: [RTCConfiguration]) {
      const peer = new target(configuration);
      page.testPeers.push(peer);
      return peer;
    },
  });
}

/**
 * Which ways a page's PeerConnections may take: TURN servers only, those by UDP only, or no TURN server for the one that
 * sends.
 */
export type IceWays = 'relay' | 'relay-udp' | 'direct-uplink';

/** Runs in the page after {@link rememberPeers}. */
export function limitIce(ways: IceWays): void {
  window.RTCPeerConnection = new Proxy(RTCPeerConnection, {
    construct(target, [configuration = {}]: [RTCConfiguration?]) {
      if (ways === 'direct-uplink') {
        const peer = new target(configuration);
        const addTransceiver = peer.addTransceiver.bind(peer);
        peer.addTransceiver = (...args) => {
          peer.setConfiguration({ ...peer.getConfiguration(), iceServers: [] });
          return addTransceiver(...args);
        };
        return peer;
      }
      const iceServers = (configuration.iceServers ?? []).map((server) => ({
        ...server,
        urls: [server.urls].flat().filter((url) => ways === 'relay' || url.endsWith('=udp')),
      }));
      return new target({ ...configuration, iceServers, iceTransportPolicy: 'relay' });
    },
  });
}
