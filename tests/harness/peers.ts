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
