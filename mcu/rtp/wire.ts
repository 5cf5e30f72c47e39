import { rtpHeaderBytes, transportExtensionBytes } from './rtp-packet.ts';

/** IPv4 header without options, UDP header. */
const networkBytes = 20 + 8;
/** Authentication tag of AEAD_AES_128_GCM (RFC 7714 §14.1), the longest WebRTC negotiates. */
const srtpTagBytes = 16;

/** What an RTP payload costs beside itself, in bytes: IP, UDP, RTP with the transport-wide number, SRTP. */
export const wireOverheadBytes =
  networkBytes + rtpHeaderBytes + transportExtensionBytes + srtpTagBytes;

/** Bytes on the wire of an RTP or RTCP packet of `bytes` bytes: IP, UDP and SRTP are added. */
export function wireBytes(bytes: number): number {
  return bytes + networkBytes + srtpTagBytes;
}
