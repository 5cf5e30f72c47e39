import { type RungName, rungSound, type VideoRungName } from '../../mixer/encode/index.ts';
import type { Logger } from '../log.ts';
import type { RoomMetrics } from '../room-metrics.ts';
import {
  buildSenderReport,
  mediaTime,
  type NtpClock,
  PacketCache,
  parseRtcp,
  Retransmitter,
  roundTripMs,
  type RtcpPacket,
  RtpStream,
  type Transmit,
  TransportSequence,
} from '../rtp/index.ts';
import {
  type AnsweredMedia,
  payloadTypes,
  type StreamDescription,
  transportSequenceExtension,
} from './downlink-sdp.ts';
import type { AudioFeed, AudioSubscription, VideoFeed } from './feeds.ts';
import { RungSwitch } from './rung-switch.ts';
import { audioClock, SoundSender } from './sound-sender.ts';

/** What a sender needs from its room and its PeerConnection. */
export interface SenderContext {
  readonly log: Logger;
  readonly metrics: RoomMetrics;
  /** Milliseconds of the room's clock. */
  readonly now: () => number;
  readonly ntp: NtpClock;
  readonly video: VideoFeed;
  readonly audio: AudioFeed;
  readonly profileLevelId: string;
  /** Called with the first packet sent. */
  readonly onFirstPacket: () => void;
  readonly transmit: { readonly video: Transmit; readonly audio: Transmit };
}

const videoClock = 90_000;
const reportIntervalMs = 1000;
/**
 * The picture's reports begin later. A receiver holds the picture back to match the sound once it has
 * reports of both, and hardly lets go of what it held: while its audio jitter buffer is still settling
 * that would be 40 ms too much for the whole call (libwebrtc: video/stream_synchronization.cc).
 */
const firstVideoReportMs = 5000;
/**
 * By how much the reports date sound later than it is. A receiver then holds the picture back by that much less:
 * lips and sound stay well within what people notice (sound early by 45 ms to late by 125, ITU-R BT.1359-1), and
 * the picture is sooner.
 */
const pictureLeadMs = 15;

/**
 * Turns the room's shared frames into one receiver's RTP, and answers that receiver's RTCP. Costs one
 * header per packet; payloads are shared by all receivers.
 */
export class DownlinkSender {
  readonly #context: SenderContext;
  readonly #streams: StreamDescription;
  readonly #video: RtpStream;
  readonly #audio: RtpStream;
  readonly #soundSender: SoundSender;
  readonly #retransmitter: Retransmitter;
  /** Undefined where the receiver takes no picture. */
  readonly #pictures: RungSwitch | undefined;
  /** Undefined where the receiver takes no sound. */
  readonly #sound: AudioSubscription | undefined;
  #rung: RungName;
  readonly #traces: boolean;
  #rttMs: number | null = null;
  readonly #startMs: number;
  #nextReportMs = 0;
  #sentAnything = false;

  /**
   * Starts sending at once.
   * @param streams - as offered
   * @param answered - as answered
   * @param rung - the quality to begin with
   * @param context - where media comes from and packets go
   */
  constructor(
    streams: StreamDescription,
    answered: AnsweredMedia,
    rung: RungName,
    context: SenderContext,
  ) {
    const { now, transmit } = context;
    this.#context = context;
    this.#rung = rung;
    this.#streams = streams;
    this.#startMs = now();
    this.#traces = context.log.isLevelEnabled('trace');
    const codec = answered.codec ?? 'h264';
    const common = {
      transportSequence: new TransportSequence(
        answered.transportSequence ? transportSequenceExtension : null,
      ),
      now,
      random: Math.random,
    };
    const cache = new PacketCache();
    this.#video = new RtpStream({
      ...common,
      ssrc: streams.videoSsrc,
      payloadType: payloadTypes[codec],
      transmit: transmit.video,
      cache,
    });
    this.#audio = new RtpStream({
      ...common,
      ssrc: streams.audioSsrc,
      payloadType: payloadTypes.opus,
      transmit: transmit.audio,
    });
    this.#soundSender = new SoundSender(this.#audio, answered.red);
    this.#retransmitter = new Retransmitter({
      ...common,
      cache,
      rtx: answered.rtx
        ? {
            ssrc: streams.videoRtxSsrc,
            payloadTypes: new Map([[payloadTypes[codec], payloadTypes[`${codec}Rtx`]]]),
          }
        : null,
      transmit: transmit.video,
    });
    this.#sound = answered.audio
      ? context.audio.listen(streams.cname, rungSound(rung), (data, atMs) => {
          if (this.#soundSender.send(data, atMs)) this.#sent(1);
        })
      : undefined;
    if (answered.codec !== null) {
      this.#pictures = new RungSwitch(context.video, answered.codec, ({ payloads }, tick, atMs) => {
        this.#video.send(payloads, mediaTime(atMs, videoClock));
        this.#sent(payloads.length);
        if (this.#traces) this.#trace(tick, payloads);
      });
      this.#pictures.switchTo(pictureOf(rung));
    }
  }

  /** Changes the quality: the picture with the next keyframe of the new rung, the sound between two packets. */
  setRung(rung: RungName): void {
    this.#rung = rung;
    this.#pictures?.switchTo(pictureOf(rung));
    this.#sound?.setFormat(rungSound(rung));
  }

  /** Takes RTCP from the receiver; anything at all may come. */
  receive(compound: Buffer): void {
    for (const packet of parseRtcp(compound)) this.#handle(packet);
  }

  /** Stops sending; may be called twice. */
  close(): void {
    this.#pictures?.close();
    this.#sound?.close();
  }

  #handle(packet: RtcpPacket): void {
    switch (packet.type) {
      case 'nack':
        // Who has no picture any more gets nothing of it, lost or not.
        if (packet.mediaSsrc === this.#streams.videoSsrc && this.#rung !== 'audio') {
          const resent = this.#retransmitter.answer(packet.sequenceNumbers, this.#rttMs);
          this.#context.metrics.retransmittedPackets.inc(resent);
        }
        return;
      case 'pli':
        if (packet.mediaSsrc === this.#streams.videoSsrc) this.#pictures?.requestKeyframe();
        return;
      case 'fir':
        if (packet.requests.some(({ ssrc }) => ssrc === this.#streams.videoSsrc)) {
          this.#pictures?.requestKeyframe();
        }
        return;
      case 'receiver-report':
      case 'sender-report': {
        const { ntp, now } = this.#context;
        for (const block of packet.reports) {
          this.#rttMs = roundTripMs(block, ntp.at(now())) ?? this.#rttMs;
          if (block.ssrc === this.#streams.audioSsrc) {
            this.#soundSender.onLoss(block.fractionLost, now());
          }
        }
        return;
      }
      case 'bye':
      case 'remb':
      case 'transport-feedback':
        return;
      default:
        packet satisfies never;
    }
  }

  #sent(packets: number): void {
    this.#context.metrics.downlinkPackets.inc(packets);
    if (!this.#sentAnything) {
      this.#sentAnything = true;
      this.#context.onFirstPacket();
    }
    const nowMs = this.#context.now();
    if (nowMs >= this.#nextReportMs) this.#report(nowMs);
  }

  /** Both streams' reports are made at one moment: that is what lips are matched by (RFC 3550 §6.4.1). */
  #report(nowMs: number): void {
    this.#nextReportMs = nowMs + reportIntervalMs;
    const { ntp, transmit } = this.#context;
    const at = ntp.at(nowMs);
    const { cname } = this.#streams;
    const isVideoDue = nowMs - this.#startMs >= firstVideoReportMs && this.#rung !== 'audio';
    if (this.#video.packetCount > 0 && isVideoDue) {
      const info = this.#video.senderInfo(mediaTime(nowMs, videoClock));
      transmit.video(buildSenderReport(info, at, cname));
    }
    if (this.#audio.packetCount > 0) {
      const info = this.#audio.senderInfo(mediaTime(nowMs - pictureLeadMs, audioClock));
      transmit.audio(buildSenderReport(info, at, cname));
    }
  }

  #trace(tick: number, payloads: readonly Buffer[]): void {
    const bytes = payloads.reduce((sum, { length }) => sum + length, 0);
    const at = this.#context.now();
    this.#context.log.trace({ participant: this.#streams.cname, tick, at, bytes }, 'picture sent');
  }
}

function pictureOf(rung: RungName): VideoRungName | null {
  return rung === 'audio' ? null : rung;
}
