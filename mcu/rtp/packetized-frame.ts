import { rtpHeaderBytes, transportExtensionBytes } from './rtp-packet.ts';

/** Largest RTP packet sent, in bytes, SRTP tag included: fits the path MTU of every network WebRTC meets. */
const maxPacketBytes = 1200;

/** Original sequence number in front of an RTX payload (RFC 4588 §4). */
const originalSequenceNumberBytes = 2;

/** Authentication tag of AEAD_AES_128_GCM (RFC 7714 §14.1), the longest WebRTC negotiates. */
const srtpTagBytes = 16;

/**
 * Largest payload, in bytes, whose packet stays within 1200 bytes even when it is sent again as RTX:
 * 1200 − 12 (header) − 8 (transport-wide extension) − 2 (RTX) − 16 (SRTP tag) = 1162.
 */
export const defaultMaxPayloadBytes =
  maxPacketBytes -
  rtpHeaderBytes -
  transportExtensionBytes -
  originalSequenceNumberBytes -
  srtpTagBytes;

/**
 * One encoded picture cut into RTP payloads, computed once and sent to every receiver of its rung.
 *
 * The payloads are partly views of the encoder's bytes and stay in the receivers' packet caches for
 * seconds, so neither may ever be written to again.
 */
export interface PacketizedFrame {
  /** RTP payloads in sending order. The marker bit belongs on the last. Empty when nothing is to be sent. */
  readonly payloads: readonly Buffer[];
  /** Whether decoding can start here: an H.264 IDR picture or a VP8 key frame. */
  readonly keyframe: boolean;
}

/**
 * Checks a payload limit given to a packetizer.
 *
 * @param maxPayloadBytes - Largest RTP payload to make, in bytes.
 * @throws TypeError when it is not an integer from 16 to 1400.
 */
export function assertMaxPayloadBytes(maxPayloadBytes: number): void {
  if (!Number.isInteger(maxPayloadBytes) || maxPayloadBytes < 16 || maxPayloadBytes > 1400) {
    throw new TypeError('maxPayloadBytes must be an integer from 16 to 1400.');
  }
}
