import {
  buildSenderReport,
  mediaTime,
  type NtpClock,
  PacketCache,
  type PacketizedFrame,
  parseRtcp,
  Retransmitter,
  roundTripMs,
  RtpStream,
  type Transmit,
  TransportSequence,
} from '../rtp/index.ts';
import { ClipCursor, type SoundClip, type VideoClip } from './clip.ts';
import type { Identity } from './identity.ts';

/** The streams of an uplink, as offered. */
export interface UplinkFormat {
  readonly videoSsrc: number;
  readonly rtxSsrc: number;
  readonly audioSsrc: number;
  readonly payloadTypes: { readonly vp8: number; readonly rtx: number; readonly opus: number };
  /** What the answer says: null where transport-wide numbers are not wanted. */
  readonly transportSequence: number | null;
  /** What the answer says. */
  readonly rtx: boolean;
}

/** What an uplink's sender needs. */
export interface UplinkContext extends Identity {
  readonly transmit: { readonly video: Transmit; readonly audio: Transmit };
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly ntp: NtpClock;
  /** Told of each picture sent: its number in the clip, when it was due and when its last packet was handed over. */
  readonly frame: (index: number, dueMs: number, sentMs: number, keyframe: boolean) => void;
}

/** What was sent and asked for. */
export interface UplinkCounters {
  frames: number;
  keyframes: number;
  videoPackets: number;
  audioPackets: number;
  /** RTP payload of picture and sound, resends left out. */
  bytes: number;
  /** Keyframes that were asked for. */
  plis: number;
  resentPackets: number;
}

const videoClock = 90_000;
const audioClock = 48_000;
const reportMs = 1000;
/** Pictures that are this late are not made up for: a camera's would not be either. */
const lateFrames = 3;
/** Sound that is this late is made up for, in milliseconds; what is later is left out. */
const lateSoundMs = 100;

/** Of an uplink that has just begun. */
export const nothingSent: Readonly<UplinkCounters> = {
  frames: 0,
  keyframes: 0,
  videoPackets: 0,
  audioPackets: 0,
  bytes: 0,
  plis: 0,
  resentPackets: 0,
};

/** Plays clips as a browser's uplink: paced RTP, sender reports, answers to NACKs and keyframe requests. */
export class UplinkSender {
  readonly counters: UplinkCounters = { ...nothingSent };
  readonly #context: UplinkContext;
  readonly #videoSsrc: number;
  readonly #video: RtpStream;
  readonly #audio: RtpStream;
  readonly #retransmitter: Retransmitter;
  /** Share of a clip that is played in the first round. */
  readonly #firstRound: number;
  #clip: VideoClip | null = null;
  #pictures: ClipCursor<PacketizedFrame> | null = null;
  #sound: SoundClip | null = null;
  #packets: ClipCursor<Buffer> | null = null;
  #pictureDueMs: number;
  #soundDueMs: number;
  #reportDueMs: number;
  #rttMs: number | null = null;

  /**
   * @param format - As offered and answered.
   * @param context - Where packets go.
   */
  constructor(format: UplinkFormat, context: UplinkContext) {
    const { now, random, transmit } = context;
    const { payloadTypes } = format;
    this.#context = context;
    this.#videoSsrc = format.videoSsrc;
    this.#firstRound = 0.25 + 0.75 * random();
    const nowMs = now();
    // Cameras are not in step with each other.
    this.#pictureDueMs = nowMs + 40 * random();
    this.#soundDueMs = nowMs + 20 * random();
    this.#reportDueMs = nowMs + reportMs * random();
    const common = {
      transportSequence: new TransportSequence(format.transportSequence),
      now,
      random,
    };
    const cache = new PacketCache({ minimumPackets: 256, maximumPackets: 2048 });
    this.#video = new RtpStream({
      ...common,
      ssrc: format.videoSsrc,
      payloadType: payloadTypes.vp8,
      transmit: transmit.video,
      cache,
    });
    this.#audio = new RtpStream({
      ...common,
      ssrc: format.audioSsrc,
      payloadType: payloadTypes.opus,
      transmit: transmit.audio,
    });
    this.#retransmitter = new Retransmitter({
      ...common,
      cache,
      rtx: format.rtx
        ? { ssrc: format.rtxSsrc, payloadTypes: new Map([[payloadTypes.vp8, payloadTypes.rtx]]) }
        : null,
      transmit: transmit.video,
    });
  }

  /** The clip that is played; null while video is stopped. */
  get clip(): VideoClip | null {
    return this.#clip;
  }

  /** Plays another clip from its keyframe on; null stops video. */
  playVideo(clip: VideoClip | null): void {
    if (clip === this.#clip) return;
    this.#clip = clip;
    if (clip === null) return;
    if (this.#pictures === null) {
      this.#pictures = new ClipCursor(clip.frames, clip.frames.length * this.#firstRound);
    } else this.#pictures.play(clip.frames);
    this.#pictureDueMs = Math.max(this.#pictureDueMs, this.#context.now());
  }

  /** Plays another sound; null stops it. */
  playSound(clip: SoundClip | null): void {
    if (clip === this.#sound) return;
    this.#sound = clip;
    if (clip === null) return;
    this.#packets = new ClipCursor(clip.packets, clip.packets.length * this.#firstRound);
    this.#soundDueMs = Math.max(this.#soundDueMs, this.#context.now());
  }

  /**
   * Sends what is due; call it every few milliseconds.
   *
   * @param nowMs - Milliseconds, monotonic.
   */
  tick(nowMs: number): void {
    this.#sendPictures(nowMs);
    this.#sendSound(nowMs);
    this.counters.bytes = this.#video.octetCount + this.#audio.octetCount;
    if (nowMs >= this.#reportDueMs) this.#report(nowMs);
  }

  /** Takes RTCP. */
  receive(compound: Buffer): void {
    for (const packet of parseRtcp(compound)) {
      switch (packet.type) {
        case 'nack':
          if (packet.mediaSsrc !== this.#videoSsrc) break;
          this.counters.resentPackets += this.#retransmitter.answer(
            packet.sequenceNumbers,
            this.#rttMs,
          ).resent;
          break;
        case 'pli':
          if (packet.mediaSsrc === this.#videoSsrc) this.#refresh();
          break;
        case 'fir':
          if (packet.requests.some(({ ssrc }) => ssrc === this.#videoSsrc)) this.#refresh();
          break;
        case 'receiver-report':
        case 'sender-report': {
          const { ntp, now } = this.#context;
          for (const block of packet.reports) {
            this.#rttMs = roundTripMs(block, ntp.at(now())) ?? this.#rttMs;
          }
          break;
        }
        case 'bye':
        case 'remb':
        case 'transport-feedback':
          break;
        default:
          packet satisfies never;
      }
    }
  }

  /** The next picture is a keyframe. */
  #refresh(): void {
    this.counters.plis += 1;
    this.#pictures?.restart();
  }

  #sendPictures(nowMs: number): void {
    const clip = this.#clip;
    const pictures = this.#pictures;
    if (clip === null || pictures === null) return;
    const intervalMs = 1000 / clip.fps;
    if (nowMs - this.#pictureDueMs > lateFrames * intervalMs) this.#pictureDueMs = nowMs;
    while (this.#pictureDueMs <= nowMs) {
      const dueMs = this.#pictureDueMs;
      this.#pictureDueMs = dueMs + intervalMs;
      const { index } = pictures;
      const { payloads, keyframe } = pictures.next();
      this.#video.send(payloads, mediaTime(dueMs, videoClock));
      this.counters.frames += 1;
      if (keyframe) this.counters.keyframes += 1;
      this.counters.videoPackets += payloads.length;
      this.#context.frame(index, dueMs, this.#context.now(), keyframe);
    }
  }

  #sendSound(nowMs: number): void {
    const sound = this.#sound;
    const packets = this.#packets;
    if (sound === null || packets === null) return;
    while (nowMs - this.#soundDueMs > lateSoundMs) this.#soundDueMs += sound.frameMs;
    while (this.#soundDueMs <= nowMs) {
      this.#audio.sendPacket(packets.next(), mediaTime(this.#soundDueMs, audioClock), false);
      this.#soundDueMs += sound.frameMs;
      this.counters.audioPackets += 1;
    }
  }

  /** Both reports are of one moment: that is what lips are matched by. */
  #report(nowMs: number): void {
    this.#reportDueMs = nowMs + reportMs;
    const { ntp, transmit, cname } = this.#context;
    const at = ntp.at(nowMs);
    if (this.#video.packetCount > 0) {
      transmit.video(
        buildSenderReport(this.#video.senderInfo(mediaTime(nowMs, videoClock)), at, cname),
      );
    }
    if (this.#audio.packetCount > 0) {
      transmit.audio(
        buildSenderReport(this.#audio.senderInfo(mediaTime(nowMs, audioClock)), at, cname),
      );
    }
  }
}
