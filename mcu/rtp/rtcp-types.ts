import type { NtpTime } from './ntp.ts';
import type { TransportFeedback } from './transport-feedback.ts';

/** How one receiver receives one stream (RFC 3550 §6.4.1). */
export interface ReportBlock {
  /** The stream reported on. */
  readonly ssrc: number;
  /** Loss since the last report, 0 to 255/256. */
  readonly fractionLost: number;
  /** Packets lost in all; negative when duplicates outnumber losses. */
  readonly cumulativeLost: number;
  /** Highest sequence number received, 32 bits: wrap-arounds in the upper half. */
  readonly highestSequenceNumber: number;
  /** Interarrival jitter in units of the stream's clock rate. */
  readonly jitter: number;
  /** Middle 32 bits of the NTP time of the last sender report; 0 before the first. */
  readonly lastSenderReport: number;
  /** Time from receiving that report to sending this block, in units of 2^-16 s. */
  readonly delaySinceLastSenderReport: number;
}

/** SR (RFC 3550 §6.4.1). */
export interface SenderReport {
  /** Discriminant. */
  readonly type: 'sender-report';
  /** The sender. */
  readonly ssrc: number;
  /** The moment of the report on the sender's wall clock. */
  readonly ntp: NtpTime;
  /** The same moment in RTP time, 32 bits. */
  readonly rtpTimestamp: number;
  /** Packets sent, modulo 2^32. */
  readonly packetCount: number;
  /** Payload bytes sent, modulo 2^32. */
  readonly octetCount: number;
  /** What it receives itself. */
  readonly reports: readonly ReportBlock[];
}

/** RR (RFC 3550 §6.4.2). */
export interface ReceiverReport {
  /** Discriminant. */
  readonly type: 'receiver-report';
  /** The receiver. */
  readonly ssrc: number;
  /** One block per stream received. */
  readonly reports: readonly ReportBlock[];
}

/** BYE (RFC 3550 §6.6). */
export interface Bye {
  /** Discriminant. */
  readonly type: 'bye';
  /** The sources that leave. */
  readonly ssrcs: readonly number[];
}

/** Generic NACK (RFC 4585 §6.2.1). */
export interface Nack {
  /** Discriminant. */
  readonly type: 'nack';
  /** Who misses packets. */
  readonly senderSsrc: number;
  /** The stream they are missing from. */
  readonly mediaSsrc: number;
  /** The missing packets, PID and BLP expanded, in the order of the message; 16 bits each. */
  readonly sequenceNumbers: readonly number[];
}

/** PLI: a picture cannot be decoded (RFC 4585 §6.3.1). */
export interface PictureLossIndication {
  /** Discriminant. */
  readonly type: 'pli';
  /** Who asks. */
  readonly senderSsrc: number;
  /** The stream. */
  readonly mediaSsrc: number;
}

/** FIR: a decoder refresh point is wanted (RFC 5104 §4.3.1). */
export interface FullIntraRequest {
  /** Discriminant. */
  readonly type: 'fir';
  /** Who asks. */
  readonly senderSsrc: number;
  /** The streams; a repeated 8-bit `sequenceNumber` is the same request once more. */
  readonly requests: readonly { readonly ssrc: number; readonly sequenceNumber: number }[];
}

/** REMB: the receiver's bandwidth estimate (draft-alvestrand-rmcat-remb-03 §2.2). */
export interface ReceiverEstimatedMaximumBitrate {
  /** Discriminant. */
  readonly type: 'remb';
  /** Who estimates. */
  readonly senderSsrc: number;
  /** Total for all `ssrcs`; finite, but whatever the receiver says. */
  readonly bitsPerSecond: number;
  /** The streams it is for. */
  readonly ssrcs: readonly number[];
}

/** An RTCP packet this server has a use for. */
export type RtcpPacket =
  | SenderReport
  | ReceiverReport
  | Bye
  | Nack
  | PictureLossIndication
  | FullIntraRequest
  | ReceiverEstimatedMaximumBitrate
  | TransportFeedback;
