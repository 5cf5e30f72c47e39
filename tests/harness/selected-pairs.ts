/** One end of a pair, as the browser's statistics tell it (W3C webrtc-stats, RTCIceCandidateStats). */
export interface SelectedCandidate {
  candidateType: 'host' | 'srflx' | 'prflx' | 'relay';
  /** To the other end. */
  protocol: 'udp' | 'tcp';
  /** Relays: between the browser and its TURN server. */
  relayProtocol?: 'udp' | 'tcp' | 'tls';
  address: string;
  port: number;
}

/** The pair that carries media. */
export interface SelectedPair {
  local: SelectedCandidate;
  remote: SelectedCandidate;
}

/** Runs in the page: the pairs in use, of connected PeerConnections. */
export async function readSelectedPairs(): Promise<{
  uplink: SelectedPair | null;
  downlink: SelectedPair | null;
}> {
  const { testPeers } = window as unknown as { testPeers: RTCPeerConnection[] };
  const pairs: { uplink: SelectedPair | null; downlink: SelectedPair | null } = {
    uplink: null,
    downlink: null,
  };
  for (const peer of testPeers) {
    if (peer.connectionState !== 'connected') continue;
    const stats = await peer.getStats();
    const entries = [...stats.values()] as Record<string, unknown>[];
    const transport = entries.find(({ type }) => type === 'transport');
    const pair = entries.find(({ id }) => id === transport?.['selectedCandidatePairId']);
    if (pair === undefined) continue;
    const end = (key: string): SelectedCandidate => {
      const candidate = entries.find(({ id }) => id === pair[key]) as unknown as SelectedCandidate;
      const { candidateType, protocol, relayProtocol, address, port } = candidate;
      return { candidateType, protocol, address, port, ...(relayProtocol && { relayProtocol }) };
    };
    const isUplink = peer.getTransceivers().some(({ direction }) => direction === 'sendonly');
    pairs[isUplink ? 'uplink' : 'downlink'] = {
      local: end('localCandidateId'),
      remote: end('remoteCandidateId'),
    };
  }
  return pairs;
}
