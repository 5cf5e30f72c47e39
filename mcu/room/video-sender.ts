import type { VideoRungName } from '../../mixer/encode/index.ts';
import {
  mediaTime,
  Pacer,
  PacketCache,
  type PacketizedFrame,
  Retransmitter,
  RtpStream,
  type SenderInfo,
  TokenBucket,
  type Transmit,
  type TransportSequence,
} from '../rtp/index.ts';
import { payloadTypes, type StreamDescription } from './downlink-sdp.ts';
import type { VideoCodec, VideoFeed } from './feeds.ts';
import type { Pace } from './pace.ts';
import { RungSwitch } from './rung-switch.ts';

const clockRate = 90_000;
/** A receiver asks again within a round trip, before the keyframe has come: those are one. */
const leastPleaMs = 100;
/** What resends may take of the pace, and at once. */
const repairShare = 0.5;
const repairBurstBytes = 12_000;
/** More than this is not shown late but given up. */
const mostBacklogMs = 1500;

/** What a {@link VideoSender} is made of. */
export interface VideoSenderOptions {
  readonly codec: VideoCodec;
  readonly streams: StreamDescription;
  /** Whether the receiver takes retransmissions as RTX. */
  readonly rtx: boolean;
  readonly transportSequence: TransportSequence;
  readonly transmit: Transmit;
  readonly feed: VideoFeed;
  /** Milliseconds of the room's clock. */
  readonly now: () => number;
  /** How fast packets leave at first. */
  readonly pace: Pace;
  /** Pictures that were handed on to be sent. */
  readonly onPicture: (frame: PacketizedFrame, tick: number) => void;
  /** Whether a keyframe shall be made for this receiver; `shared`: others watch the same rung. */
  readonly mayAsk: (shared: boolean) => boolean;
}

/** One receiver's picture: which rung, at which pace, and the repair of what was lost. */
export class VideoSender {
  readonly #options: VideoSenderOptions;
  readonly #stream: RtpStream;
  readonly #pacer: Pacer;
  readonly #repair: TokenBucket;
  readonly #retransmitter: Retransmitter;
  readonly #pictures: RungSwitch;
  #keyframeAtMs = Number.NEGATIVE_INFINITY;
  /** Packets before this one are of no use any more: behind them everything begins anew with a keyframe. */
  #usefulFrom: number;

  constructor(options: VideoSenderOptions) {
    this.#options = options;
    const { codec, streams, rtx, transportSequence, transmit, now, pace } = options;
    const cache = new PacketCache();
    const common = { transportSequence, transmit, now, random: Math.random, cache };
    this.#stream = new RtpStream({
      ...common,
      ssrc: streams.videoSsrc,
      payloadType: payloadTypes[codec],
    });
    this.#usefulFrom = this.#stream.nextSequenceNumber;
    this.#pacer = new Pacer(
      (payload, timestamp, marker) => {
        this.#stream.sendPacket(payload, timestamp, marker);
      },
      pace.bitsPerSecond,
      pace.burstBytes,
      now(),
    );
    this.#repair = new TokenBucket(pace.bitsPerSecond * repairShare, repairBurstBytes, now());
    this.#retransmitter = new Retransmitter({
      ...common,
      allowance: this.#repair,
      rtx: rtx
        ? {
            ssrc: streams.videoRtxSsrc,
            payloadTypes: new Map([[payloadTypes[codec], payloadTypes[`${codec}Rtx`]]]),
          }
        : null,
    });
    this.#pictures = new RungSwitch(options.feed, codec, (frame, tick, atMs) => {
      this.#show(frame, tick, atMs);
    });
  }

  /** How long what waits will take, milliseconds. */
  get backlogMs(): number {
    return this.#pacer.backlogMs;
  }

  /** Packets sent, resends not counted. */
  get packetCount(): number {
    return this.#stream.packetCount;
  }

  /** For the sender report of this moment. */
  senderInfo(): SenderInfo {
    return this.#stream.senderInfo(mediaTime(this.#options.now(), clockRate));
  }

  /**
   * Changes the rung with its next keyframe; null: no picture, at once.
   */
  switchTo(rung: VideoRungName | null): void {
    this.#pictures.switchTo(rung);
    if (rung === null) this.#beginAnew();
  }

  /** Changes how fast packets leave. */
  setPace({ bitsPerSecond, burstBytes }: Pace): void {
    const nowMs = this.#options.now();
    this.#pacer.setRate(bitsPerSecond, burstBytes, nowMs);
    this.#repair.set(bitsPerSecond * repairShare, repairBurstBytes, nowMs);
  }

  /** While held pictures wait; what is sent again does not. */
  hold(isHeld: boolean): void {
    this.#pacer.hold(isHeld);
  }

  /** Sends what is due; gives the milliseconds until more is, null where nothing waits. */
  pump(nowMs: number): number | null {
    return this.#pacer.pump(nowMs);
  }

  /** See {@link Retransmitter.pad}. */
  pad(bytes: number): number {
    return this.#retransmitter.pad(bytes);
  }

  /**
   * The receiver misses packets. What is kept is sent again; for what is not only a keyframe helps.
   * @returns packets sent again
   */
  nack(sequenceNumbers: readonly number[], rttMs: number | null): number {
    const useful = sequenceNumbers.filter(
      (number) => ((number - this.#usefulFrom) & 0xffff) < 0x8000,
    );
    const { resent, forgotten } = this.#retransmitter.answer(useful, rttMs);
    if (forgotten > 0) this.pli(rttMs);
    return resent;
  }

  /** The receiver cannot decode what it gets. */
  pli(rttMs: number | null): void {
    const sinceMs = this.#options.now() - this.#keyframeAtMs;
    if (this.#pacer.hasKeyframe || sinceMs < Math.max(leastPleaMs, rttMs ?? 0)) return;
    if (this.#options.mayAsk(this.#pictures.isShared)) this.#pictures.requestKeyframe();
  }

  /** No more pictures; may be called twice. */
  close(): void {
    this.#pictures.close();
  }

  #show(frame: PacketizedFrame, tick: number, atMs: number): void {
    const nowMs = this.#options.now();
    if (frame.keyframe) {
      this.#beginAnew();
      this.#keyframeAtMs = nowMs;
    }
    this.#pacer.push(frame, mediaTime(atMs, clockRate), nowMs);
    this.#options.onPicture(frame, tick);
    if (this.#pacer.backlogMs < mostBacklogMs || frame.keyframe) return;
    this.#pacer.dropWaiting();
    this.#pictures.requestKeyframe();
  }

  /** Nothing before a keyframe that is to come is waited for, or asked for again. */
  #beginAnew(): void {
    this.#pacer.dropWaiting();
    this.#usefulFrom = this.#stream.nextSequenceNumber;
  }
}
