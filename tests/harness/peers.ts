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

/** Runs in the page after {@link rememberPeers}: its PeerConnections use TURN servers only, by UDP if that is said. */
export function relayOnly(transports: 'udp' | 'any'): void {
  window.RTCPeerConnection = new Proxy(RTCPeerConnection, {
    construct(target, [configuration = {}]: [RTCConfiguration?]) {
      const iceServers = (configuration.iceServers ?? []).map((server) => ({
        ...server,
        urls: [server.urls].flat().filter((url) => transports === 'any' || url.endsWith('=udp')),
      }));
      return new target({
        ...configuration,
        iceServers,
        iceTransportPolicy: 'relay',
        iceCandidatePoolSize: 2,
      });
    },
  });
}
