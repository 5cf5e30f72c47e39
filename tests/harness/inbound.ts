/** What a browser's statistics say of one received stream (W3C webrtc-stats, RTCInboundRtpStreamStats). */
export interface InboundStream {
  /** Milliseconds of Unix time: when this was so. */
  timestamp: number;
  ssrc: number;
  packetsReceived: number;
  /** Payloads, without headers. */
  bytesReceived: number;
  packetsLost: number;
  /** Audio only. */
  concealedSamples: number;
  /** Audio only. */
  totalSamplesReceived: number;
  /** Video only, like all below. */
  pliCount: number;
  /** NACK messages sent. */
  nackCount: number;
  freezeCount: number;
  framesDecoded: number;
  framesDropped: number;
  frameWidth: number;
  frameHeight: number;
}

/** Runs in the page: the streams it receives now, by kind. */
export async function readInbound(): Promise<Partial<Record<'audio' | 'video', InboundStream>>> {
  const { testPeers } = window as unknown as { testPeers: RTCPeerConnection[] };
  const found: Partial<Record<'audio' | 'video', InboundStream>> = {};
  for (const peer of testPeers) {
    if (peer.connectionState === 'closed') continue;
    for (const entry of (await peer.getStats()).values()) {
      const stats = entry as InboundStream & { type: string; kind: 'audio' | 'video' };
      if (stats.type === 'inbound-rtp') found[stats.kind] = stats;
    }
  }
  return found;
}
