/** The RTP and RTCP layer: pure, no sockets, no timers; clock and random injected. */
export {
  BandwidthEstimator,
  type Estimate,
  type EstimatorOptions,
  type ProbeResult,
} from './bandwidth/index.ts';
export { buildNack, buildPli, buildReceiverReport } from './feedback.ts';
export { packetizeH264 } from './h264.ts';
export { mediaTime, NtpClock, type NtpTime } from './ntp.ts';
export { PacketCache, type CachedPacket, type PacketCacheOptions } from './packet-cache.ts';
export { Pacer } from './pacer.ts';
export type { PacketizedFrame } from './packetized-frame.ts';
export { RedPacker, type Redundancy } from './red.ts';
export { StreamReception } from './reception.ts';
export { parseRtcp, roundTripMs } from './rtcp.ts';
export type {
  Bye,
  FullIntraRequest,
  Nack,
  PictureLossIndication,
  ReceiverEstimatedMaximumBitrate,
  ReceiverReport,
  ReportBlock,
  RtcpPacket,
  SenderReport,
} from './rtcp-types.ts';
export { parseRtpPacket, type RtpPacketFields } from './rtp-packet.ts';
export { RtpStream, type RtpStreamOptions, type Transmit } from './rtp-stream.ts';
export {
  type NackAnswer,
  Retransmitter,
  type RetransmitterOptions,
  type RtxFormat,
} from './rtx.ts';
export { buildSenderReport, type SenderInfo } from './sender-report.ts';
export { TokenBucket } from './token-bucket.ts';
export { TransportArrivals } from './transport-arrivals.ts';
export type { TransportFeedback } from './transport-feedback.ts';
export { TransportSequence } from './transport-sequence.ts';
export { packetizeVp8 } from './vp8.ts';
export { wireBytes } from './wire.ts';
