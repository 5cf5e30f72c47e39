import { type RungName, rungPlan, type RungPlan, rungSound } from '../../mixer/encode/index.ts';
import { rungNames } from '../../mixer/encode/rung-table.ts';
import type { RoomMetrics } from '../room-metrics.ts';
import {
  buildSenderReport,
  mediaTime,
  type NtpClock,
  type PacketizedFrame,
  parseRtcp,
  roundTripMs,
  type RtcpPacket,
  RtpStream,
  type Transmit,
  TransportSequence,
  wireBytes,
} from '../rtp/index.ts';
import { Adaptation } from './adaptation.ts';
import {
  type AnsweredMedia,
  payloadTypes,
  type StreamDescription,
  transportSequenceExtension,
} from './downlink-sdp.ts';
import type { AudioFeed, AudioSubscription, VideoFeed } from './feeds.ts';
import type { LinkState } from './link-state.ts';
import { type Pace, paceOf } from './pace.ts';
import type { ParticipantLog } from './participant-log.ts';
import type { RungController } from './rung-controller.ts';
import { audioClock, SoundSender } from './sound-sender.ts';
import { VideoSender } from './video-sender.ts';

/** What a sender needs from its room and its PeerConnection. */
export interface SenderContext {
  readonly log: Pick<ParticipantLog, 'lines'>;
  readonly metrics: RoomMetrics;
  /** The composite of `high`. */
  readonly settings: {
    readonly canvas: { readonly width: number; readonly height: number };
    readonly fps: number;
  };
  /** Milliseconds of the room's clock. */
  readonly now: () => number;
  /** Calls back after so many milliseconds of it, unless what it gives is called before. */
  readonly after: (ms: number, what: () => void) => () => void;
  readonly ntp: NtpClock;
  readonly video: VideoFeed;
  readonly audio: AudioFeed;
  readonly profileLevelId: string;
  /** Called with the first packet sent. */
  readonly onFirstPacket: () => void;
  /** The rung, why it is that one or what the path carries may have changed. */
  readonly onQuality: (bitsPerSecond: number | null) => void;
  readonly transmit: { readonly video: Transmit; readonly audio: Transmit };
}

const reportIntervalMs = 1000;
/** Where there is hardly room for the sound. */
const narrowReportIntervalMs = 3000;
/** How often the sound is told what is lost. */
const lossIntervalMs = 1000;
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
/** After congestion the smaller picture waits until the path has emptied to this, but not longer. */
const emptyQueueMs = 80;
const longestDrainMs = 700;
/** Pictures that cannot get smaller wait while more than this waits in the path, so that sound need not ... */
const fullQueueMs = 150;
/** ... for so long at most, and not again for a while: what does not empty then is filled by others. */
const longestHoldMs = 1500;
const holdRestMs = 5000;

/**
 * Turns the room's shared frames into one receiver's RTP, answers that receiver's RTCP, and keeps to what its path
 * carries. Costs one header per packet; payloads are shared by all receivers.
 */
export class DownlinkSender {
  readonly #context: SenderContext;
  readonly #streams: StreamDescription;
  readonly #controller: RungController;
  readonly #adaptation: Adaptation;
  readonly #transportSequence: TransportSequence;
  readonly #audio: RtpStream;
  readonly #soundSender: SoundSender;
  /** Undefined where the receiver takes no picture. */
  readonly #pictures: VideoSender | undefined;
  /** Undefined where the receiver takes no sound. */
  readonly #sound: AudioSubscription | undefined;
  #rung: RungName;
  readonly #traces: boolean;
  readonly #startMs: number;
  #nextReportMs = 0;
  #nextLossMs = 0;
  #sentAnything = false;
  /** Whether the picture is the rung's, or will be with its next keyframe. */
  #isCurrent = false;
  #drainUntilMs = 0;
  /** Since when pictures wait; null while they do not. */
  #heldSinceMs: number | null = null;
  #holdAgainMs = 0;
  #cancelPump: (() => void) | undefined;
  #closed = false;

  /**
   * Starts sending at once: sound, and pictures as soon as a first burst has told how much the path carries.
   * @param streams - as offered
   * @param answered - as answered
   * @param controller - chooses the rung
   * @param context - where media comes from and packets go
   */
  constructor(
    streams: StreamDescription,
    answered: AnsweredMedia,
    controller: RungController,
    context: SenderContext,
  ) {
    const { now } = context;
    this.#context = context;
    this.#controller = controller;
    this.#rung = controller.rung;
    this.#streams = streams;
    this.#startMs = now();
    this.#traces = context.log.lines.isLevelEnabled('trace');
    const transportSequence = new TransportSequence(
      answered.transportSequence ? transportSequenceExtension : null,
    );
    this.#transportSequence = transportSequence;
    this.#audio = new RtpStream({
      transportSequence,
      now,
      random: Math.random,
      ssrc: streams.audioSsrc,
      payloadType: payloadTypes.opus,
      transmit: (packet) => {
        this.#transmit('audio', packet);
      },
    });
    this.#soundSender = new SoundSender(this.#audio, answered.red);
    if (answered.codec !== null) {
      this.#pictures = new VideoSender({
        ...{ streams, now, transportSequence, codec: answered.codec, rtx: answered.rtx },
        feed: context.video,
        pace: this.#pace(),
        transmit: (packet) => {
          this.#transmit('video', packet);
        },
        onPicture: (frame, tick) => {
          this.#sent(frame.payloads.length);
          if (this.#traces) this.#trace(tick, frame);
        },
        mayAsk: (shared) => {
          const granted = this.#adaptation.plea(shared, now());
          this.#follow();
          return granted;
        },
      });
    }
    this.#adaptation = new Adaptation({
      controller,
      hasFeedback: answered.transportSequence,
      pad: (bytes) => this.#pictures?.pad(bytes) ?? 0,
      backlogMs: () => this.#pictures?.backlogMs ?? 0,
    });
    this.#sound = answered.audio
      ? context.audio.listen(streams.cname, rungSound(this.#rung), (data, atMs) => {
          if (this.#soundSender.send(data, atMs)) this.#sent(1);
        })
      : undefined;
    this.#adaptation.begin(now());
    this.#follow();
  }

  /** The controller may have been told of another quality that is wanted. */
  changed(): void {
    this.#follow();
  }

  /** Takes RTCP from the receiver; anything at all may come. */
  receive(compound: Buffer): void {
    for (const packet of parseRtcp(compound)) this.#handle(packet);
    this.#follow();
  }

  /** Looks after the path; call it every 50 ms. */
  tick(): void {
    const nowMs = this.#context.now();
    this.#adaptation.update(nowMs);
    if (nowMs >= this.#nextLossMs) {
      // Reports on sound come every five seconds only.
      this.#nextLossMs = nowMs + lossIntervalMs;
      this.#soundSender.onLoss(this.link.lossFraction, nowMs);
    }
    this.#follow();
  }

  /** The path as it is now. */
  get link(): LinkState {
    return this.#adaptation.link(this.#context.now());
  }

  /** Stops sending; may be called twice. */
  close(): void {
    this.#closed = true;
    this.#cancelPump?.();
    this.#pictures?.close();
    this.#sound?.close();
  }

  #handle(packet: RtcpPacket): void {
    const { now } = this.#context;
    const { videoSsrc } = this.#streams;
    switch (packet.type) {
      case 'nack':
        // Who has no picture any more gets nothing of it, lost or not.
        if (packet.mediaSsrc === videoSsrc && this.#rung !== 'audio') {
          const { rttMs } = this.#adaptation;
          const resent = this.#pictures?.nack(packet.sequenceNumbers, rttMs) ?? 0;
          this.#context.metrics.retransmittedPackets.inc(resent);
        }
        return;
      case 'pli':
        if (packet.mediaSsrc === videoSsrc) this.#plea();
        return;
      case 'fir':
        if (packet.requests.some(({ ssrc }) => ssrc === videoSsrc)) {
          this.#plea();
        }
        return;
      case 'receiver-report':
      case 'sender-report':
        for (const block of packet.reports) {
          const rttMs = roundTripMs(block, this.#context.ntp.at(now()));
          if (block.ssrc === videoSsrc || this.#rung === 'audio') {
            this.#adaptation.report(block.fractionLost, rttMs, now());
          }
        }
        return;
      case 'transport-feedback':
        this.#adaptation.feedback(packet, now());
        return;
      case 'bye':
      case 'remb':
        return;
      default:
        packet satisfies never;
    }
  }

  /** The receiver asks for a keyframe. */
  #plea(): void {
    this.#context.metrics.paths.keyframeRequests.inc({ pc: 'downlink' });
    this.#pictures?.pli(this.#adaptation.rttMs);
  }

  /** Does what the controller has chosen. */
  #follow(): void {
    if (this.#closed) return;
    const { rung, reason } = this.#controller;
    const isReady = this.#adaptation.isReady;
    const nowMs = this.#context.now();
    if (rung !== this.#rung) {
      const isDown = rungNames.indexOf(rung) > rungNames.indexOf(this.#rung);
      this.#rung = rung;
      this.#sound?.setFormat(rungSound(rung));
      this.#isCurrent = false;
      this.#context.log.lines.info({ rung, reason, ...this.link }, 'rung changed');
      if (isDown && reason === 'bandwidth') {
        this.#pictures?.switchTo(null);
        this.#pictures?.setPace(this.#pace());
        this.#drainUntilMs = nowMs + longestDrainMs;
      }
    }
    const isDraining = nowMs < this.#drainUntilMs && this.link.queueMs > emptyQueueMs;
    if (isReady && !this.#isCurrent && !isDraining) {
      this.#isCurrent = true;
      this.#pictures?.setPace(this.#pace());
      this.#pictures?.switchTo(rung === 'audio' ? null : rung);
    }
    this.#hold(nowMs);
    this.#soundSender.allowRed(this.#hasRoomForRed());
    if (isReady) this.#context.onQuality(this.#adaptation.bitsPerSecond);
    this.#pump();
  }

  /**
   * What is sent at once at a join (descriptions, a keyframe) fills a narrow path for seconds, since the smallest rung
   * takes nearly all it carries. A moment without pictures empties it; the controller judges one that stays full.
   */
  #hold(nowMs: number): void {
    const { isLastPicture } = this.#controller;
    const since = this.#heldSinceMs;
    if (!isLastPicture && since === null) return;
    if (since !== null && nowMs - since > longestHoldMs) this.#holdAgainMs = nowMs + holdRestMs;
    const isFull = this.link.queueMs > (since === null ? fullQueueMs : emptyQueueMs);
    const isHeld = isLastPicture && isFull && nowMs >= this.#holdAgainMs;
    this.#heldSinceMs = isHeld ? (since ?? nowMs) : null;
    this.#pictures?.hold(isHeld);
    this.#pictures?.setPace(this.#pace());
  }

  /** It takes as much as the sound again. */
  #hasRoomForRed(): boolean {
    const { wireBitsPerSecond, sound } = this.#plan();
    const carried = Math.max(this.#controller.capacity, this.#adaptation.bitsPerSecond);
    return carried > wireBitsPerSecond + sound.bitsPerSecond;
  }

  #pump(): void {
    if (this.#closed) return;
    this.#cancelPump?.();
    this.#cancelPump = undefined;
    const nowMs = this.#context.now();
    const picturesMs = this.#pictures?.pump(nowMs) ?? null;
    const paddingMs = this.#adaptation.pump(nowMs);
    if (picturesMs === null && paddingMs === null) return;
    const waitMs = Math.min(picturesMs ?? Infinity, paddingMs ?? Infinity);
    this.#cancelPump = this.#context.after(waitMs, () => {
      this.#pump();
    });
  }

  #plan(): RungPlan {
    const { canvas, fps } = this.#context.settings;
    return rungPlan(this.#rung, { ...canvas, fps });
  }

  #pace(): Pace {
    return paceOf(this.#plan(), this.#controller);
  }

  #transmit(kind: 'audio' | 'video', packet: Buffer): void {
    const number = this.#transportSequence.last;
    this.#adaptation.sent(number, wireBytes(packet.length), this.#context.now());
    this.#context.transmit[kind](packet);
  }

  #sent(packets: number): void {
    this.#context.metrics.downlinkPackets.inc(packets);
    if (!this.#sentAnything) {
      this.#sentAnything = true;
      this.#context.onFirstPacket();
    }
    const nowMs = this.#context.now();
    if (nowMs >= this.#nextReportMs) this.#report(nowMs);
    this.#pump();
  }

  /** Both streams' reports are made at one moment: that is what lips are matched by (RFC 3550 §6.4.1). */
  #report(nowMs: number): void {
    const isNarrow = this.#rung === 'tiny' || this.#rung === 'audio';
    this.#nextReportMs = nowMs + (isNarrow ? narrowReportIntervalMs : reportIntervalMs);
    const at = this.#context.ntp.at(nowMs);
    const { cname } = this.#streams;
    const isVideoDue = nowMs - this.#startMs >= firstVideoReportMs && this.#rung !== 'audio';
    if (this.#pictures !== undefined && this.#pictures.packetCount > 0 && isVideoDue) {
      this.#transmitReport('video', buildSenderReport(this.#pictures.senderInfo(), at, cname));
    }
    if (this.#audio.packetCount > 0) {
      const info = this.#audio.senderInfo(mediaTime(nowMs - pictureLeadMs, audioClock));
      this.#transmitReport('audio', buildSenderReport(info, at, cname));
    }
  }

  #transmitReport(kind: 'audio' | 'video', report: Buffer): void {
    this.#adaptation.sent(null, wireBytes(report.length), this.#context.now());
    this.#context.transmit[kind](report);
  }

  #trace(tick: number, { payloads }: PacketizedFrame): void {
    const bytes = payloads.reduce((sum, { length }) => sum + length, 0);
    const at = this.#context.now();
    this.#context.log.lines.trace({ tick, at, bytes }, 'picture sent');
  }
}
