import {
  buildNack,
  buildPli,
  buildReceiverReport,
  parseRtcp,
  parseRtpPacket,
  type ReportBlock,
  type RtpPacketFields,
  StreamReception,
  TransportArrivals,
} from '../rtp/index.ts';
import { type ArrivedFrame, FrameAssembler } from './frame-assembler.ts';
import type { Identity } from './identity.ts';
import { beginsH264Keyframe, beginsVp8Keyframe } from './keyframe.ts';
import { MissingPackets } from './missing-packets.ts';

/** What an offered downlink is like. */
export interface DownlinkFormat {
  readonly codec: 'h264' | 'vp8';
  /** Null where the stream was not offered. */
  readonly videoSsrc: number | null;
  readonly rtxSsrc: number | null;
  readonly audioSsrc: number | null;
  /** Id of the transport-wide sequence number extension; null where it was not offered. */
  readonly transportSequence: number | null;
}

/** What a downlink's receiver needs. */
export interface ReceiverContext extends Identity {
  /** Sends RTCP. */
  readonly transmit: (rtcp: Buffer) => void;
  /** Given each complete picture; valid during the call. */
  readonly frame: (frame: ArrivedFrame) => void;
}

/** What was received and asked for. */
export interface DownlinkCounters {
  videoPackets: number;
  audioPackets: number;
  /** Packets that came only after they were asked for. */
  recoveredPackets: number;
  /** RTP bytes of everything, resends and probes too. */
  bytes: number;
  /** Largest payload of sound: silence has a few bytes, a voice many. */
  audioBytes: number;
  plis: number;
  /** Packets asked for. */
  nacks: number;
}

/** Of a downlink that has just begun. */
export const nothingReceived: Readonly<DownlinkCounters> = {
  videoPackets: 0,
  audioPackets: 0,
  recoveredPackets: 0,
  bytes: 0,
  audioBytes: 0,
  plis: 0,
  nacks: 0,
};

const feedbackMs = 64;
const reportMs = 1000;
const videoClock = 90_000;
const audioClock = 48_000;

/** RTCP among RTP: payload types 64 to 95 of RTP are its packet types (RFC 5761 §4). */
export function isRtcp(packet: Buffer): boolean {
  const type = packet[1] ?? 0;
  return type >= 192 && type <= 223;
}

/**
 * The receiving end of a downlink: counts what comes, and sends what a browser would: transport-wide feedback, receiver
 * reports, NACKs and PLIs. Decodes nothing.
 */
export class DownlinkReceiver {
  readonly counters: DownlinkCounters = { ...nothingReceived };
  readonly #format: DownlinkFormat;
  readonly #context: ReceiverContext;
  readonly #ssrc: number;
  readonly #video: StreamReception | null;
  readonly #audio: StreamReception | null;
  readonly #arrivals: TransportArrivals | null;
  readonly #missing = new MissingPackets();
  readonly #assembler: FrameAssembler;
  /** Highest sequence number of video, without wrap-arounds: resent packets are placed by it. */
  #highest: number | null = null;
  #feedbackAtMs: number | null = null;
  #reportAtMs = 0;

  /**
   * @param format - As offered and answered.
   * @param context - Where RTCP and pictures go.
   */
  constructor(format: DownlinkFormat, context: ReceiverContext) {
    this.#format = format;
    this.#context = context;
    this.#ssrc = 1 + Math.floor(context.random() * 0xfffffffe);
    const { videoSsrc, audioSsrc, transportSequence } = format;
    this.#video = videoSsrc === null ? null : new StreamReception(videoSsrc, videoClock);
    this.#audio = audioSsrc === null ? null : new StreamReception(audioSsrc, audioClock);
    this.#arrivals = transportSequence === null ? null : new TransportArrivals(this.#ssrc);
    this.#assembler = new FrameAssembler(context.frame);
  }

  /** Packets sent to us, as their sequence numbers tell, resends left out. */
  get expectedPackets(): number {
    return (this.#video?.expected ?? 0) + (this.#audio?.expected ?? 0);
  }

  /** Those of them that came, resends left out. */
  get receivedPackets(): number {
    return (this.#video?.received ?? 0) + (this.#audio?.received ?? 0);
  }

  /**
   * Takes a packet.
   *
   * @param packet - RTP or RTCP, decrypted; a view of it is not kept.
   * @param nowMs - Milliseconds, monotonic.
   */
  receive(packet: Buffer, nowMs: number): void {
    if (isRtcp(packet)) this.#receiveRtcp(packet, nowMs);
    else this.#receiveRtp(packet, nowMs);
  }

  /**
   * Sends the RTCP that is due; call it every few milliseconds.
   *
   * @param nowMs - Milliseconds, monotonic.
   */
  tick(nowMs: number): void {
    const { videoSsrc } = this.#format;
    const { transmit } = this.#context;
    if (videoSsrc !== null) {
      const { next } = this.#assembler;
      if (next !== null) this.#missing.forgetBefore(next);
      const missing = this.#missing.due(nowMs);
      if (missing !== null) {
        this.counters.nacks += missing.length;
        transmit(buildNack(this.#ssrc, videoSsrc, missing));
      }
      if (this.#assembler.wantsKeyframe(nowMs)) {
        this.counters.plis += 1;
        transmit(buildPli(this.#ssrc, videoSsrc));
      }
    }
    // Spread, so that not everybody reports at once.
    this.#feedbackAtMs ??= nowMs + feedbackMs * this.#context.random();
    if (nowMs < this.#feedbackAtMs) return;
    this.#feedbackAtMs = Math.max(this.#feedbackAtMs + feedbackMs, nowMs);
    const feedback = this.#arrivals?.feedback(videoSsrc ?? this.#format.audioSsrc ?? 0);
    if (feedback) transmit(feedback);
    if (nowMs >= this.#reportAtMs) this.#report(nowMs);
  }

  #report(nowMs: number): void {
    // Half to one and a half of the interval (RFC 3550 §6.3.1).
    this.#reportAtMs = nowMs + reportMs * (0.5 + this.#context.random());
    const blocks = [this.#video, this.#audio]
      .map((stream) => stream?.block(nowMs) ?? null)
      .filter((block): block is ReportBlock => block !== null);
    if (blocks.length === 0) return;
    this.#context.transmit(buildReceiverReport(this.#ssrc, blocks, this.#context.cname));
  }

  #receiveRtcp(packet: Buffer, nowMs: number): void {
    for (const part of parseRtcp(packet)) {
      if (part.type !== 'sender-report') continue;
      if (part.ssrc === this.#video?.ssrc) this.#video.reported(part.ntp, nowMs);
      if (part.ssrc === this.#audio?.ssrc) this.#audio.reported(part.ntp, nowMs);
    }
  }

  #receiveRtp(packet: Buffer, nowMs: number): void {
    const rtp = parseRtpPacket(packet, this.#format.transportSequence);
    if (rtp === null) return;
    this.counters.bytes += packet.length;
    if (rtp.transportSequenceNumber !== null) {
      this.#arrivals?.add(rtp.transportSequenceNumber, nowMs);
    }
    switch (rtp.ssrc) {
      case this.#format.videoSsrc:
        this.#receiveVideo(rtp, nowMs);
        return;
      case this.#format.rtxSsrc:
        this.#receiveResent(rtp, nowMs);
        return;
      case this.#format.audioSsrc:
        this.counters.audioPackets += 1;
        this.counters.audioBytes = Math.max(this.counters.audioBytes, rtp.payload.length);
        this.#audio?.add(rtp.sequenceNumber, rtp.timestamp, nowMs);
        return;
    }
  }

  #receiveVideo(rtp: RtpPacketFields, nowMs: number): void {
    if (this.#video === null) return;
    this.counters.videoPackets += 1;
    const number = this.#video.add(rtp.sequenceNumber, rtp.timestamp, nowMs);
    this.#highest = Math.max(this.#highest ?? number, number);
    this.#missing.arrived(number);
    this.#assemble(rtp, number, rtp.payload, nowMs);
  }

  /** RFC 4588 §4: the original sequence number, then the original payload. Nothing at all is a probe. */
  #receiveResent(rtp: RtpPacketFields, nowMs: number): void {
    if (rtp.payload.length <= 2 || this.#highest === null) return;
    const original = rtp.payload.readUInt16BE(0);
    const number = this.#highest + (((original - this.#highest) << 16) >> 16);
    if (!this.#missing.arrived(number)) return;
    this.counters.recoveredPackets += 1;
    this.#assemble(rtp, number, rtp.payload.subarray(2), nowMs);
  }

  #assemble(rtp: RtpPacketFields, number: number, payload: Buffer, nowMs: number): void {
    const { timestamp, marker } = rtp;
    const begins = this.#format.codec === 'h264' ? beginsH264Keyframe : beginsVp8Keyframe;
    this.#assembler.add(
      { number, timestamp, marker, keyframe: begins(payload), bytes: payload.length },
      nowMs,
    );
  }
}
