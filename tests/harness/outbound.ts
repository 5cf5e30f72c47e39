/** What a page's uplink has sent of its video so far, as the browser counts it. */
export interface Outbound {
  width: number;
  height: number;
  framesEncoded: number;
  bytesSent: number;
  /** Of the sound. */
  audioPackets: number;
  /** Whether the encoder was held back by `cpu` or `bandwidth`, or by nothing: `none`. */
  limitedBy: string;
  /** Milliseconds of the browser's clock. */
  at: number;
}

/** Runs in the page: the newest uplink's counts; null while it has none. */
export async function readOutbound(): Promise<Outbound | null> {
  const page = window as unknown as { testPeers: RTCPeerConnection[] };
  const uplink = page.testPeers.findLast(
    (peer) =>
      peer.connectionState !== 'closed' &&
      peer.getSenders().some(({ track }) => track?.kind === 'video'),
  );
  if (uplink === undefined) return null;
  let audioPackets = 0;
  let video: Record<string, unknown> | undefined;
  (await uplink.getStats()).forEach((report: Record<string, unknown>) => {
    if (report['type'] !== 'outbound-rtp') return;
    if (report['kind'] === 'video') video = report;
    else audioPackets = Number(report['packetsSent']);
  });
  if (video === undefined) return null;
  return {
    width: Number(video['frameWidth'] ?? 0),
    height: Number(video['frameHeight'] ?? 0),
    framesEncoded: Number(video['framesEncoded']),
    bytesSent: Number(video['bytesSent']),
    audioPackets,
    limitedBy: String(video['qualityLimitationReason']),
    at: Number(video['timestamp']),
  };
}
