import nodeDataChannel, { type PeerConnection, type Track } from 'node-datachannel';
import type { SoundClip, VideoClip } from './clip.ts';
import {
  addCandidate,
  type ConnectionContext,
  openConnection,
  sendOn,
  tellCandidates,
} from './connection.ts';
import { isRtcp } from './downlink-receiver.ts';
import {
  readUplinkAnswer,
  uplinkPayloadTypes,
  type UplinkStreams,
  writeUplinkOffer,
} from './sdp.ts';
import { type UplinkContext, type UplinkCounters, UplinkSender } from './uplink-sender.ts';

/** What an uplink needs from its participant. */
export interface UplinkConnectionContext
  extends ConnectionContext, Pick<UplinkContext, 'ntp' | 'frame'> {
  readonly offer: (sdp: string) => void;
  /** The server wants Opus frames of this length, in milliseconds; null: it does not say. */
  readonly answered: (frameMs: number | null) => void;
}

/** The PeerConnection on which a synthetic participant sends. It offers as soon as it is made. */
export class UplinkConnection {
  readonly #context: UplinkConnectionContext;
  readonly #connection: PeerConnection;
  readonly #streams: UplinkStreams;
  // A collected Track closes.
  readonly #audioTrack: Track;
  readonly #videoTrack: Track;
  #sender: UplinkSender | null = null;
  #video: VideoClip | null = null;
  #sound: SoundClip | null = null;
  #answered = false;
  #early: { candidate: string; sdpMid?: string | null | undefined }[] = [];
  #closed = false;

  /** @param context - Where signalling goes. */
  constructor(context: UplinkConnectionContext) {
    const { cname, random } = context;
    this.#context = context;
    const ssrc = (): number => 1 + Math.floor(random() * 0xfffffffe);
    const streams = { cname, videoSsrc: ssrc(), rtxSsrc: ssrc(), audioSsrc: ssrc() };
    this.#streams = streams;
    this.#connection = openConnection(`${cname} uplink`);
    const audio = new nodeDataChannel.Audio('audio', 'SendOnly');
    audio.addOpusCodec(uplinkPayloadTypes.opus);
    audio.addSSRC(streams.audioSsrc, cname, 'synthetic', 'audio');
    this.#audioTrack = this.#watch(this.#connection.addTrack(audio));
    const video = new nodeDataChannel.Video('video', 'SendOnly');
    video.addVP8Codec(uplinkPayloadTypes.vp8);
    video.addRTXCodec(uplinkPayloadTypes.rtx, uplinkPayloadTypes.vp8, 90_000);
    // RTCP finds its track by the SSRCs it speaks of.
    video.addSSRC(streams.videoSsrc, cname, 'synthetic', 'video');
    video.addSSRC(streams.rtxSsrc, cname, 'synthetic', 'video');
    this.#videoTrack = this.#watch(this.#connection.addTrack(video));
    this.#connection.onLocalDescription((sdp) => {
      if (!this.#closed) context.offer(writeUplinkOffer(sdp, streams));
    });
    this.#connection.onStateChange((state) => {
      if (state === 'failed' && !this.#closed) context.failed();
    });
    tellCandidates(this.#connection, (candidate) => {
      if (!this.#closed) context.candidate(candidate);
    });
    this.#connection.setLocalDescription('offer');
  }

  /** What was sent; null before anything could be. */
  get counters(): UplinkCounters | null {
    return this.#sender?.counters ?? null;
  }

  /**
   * Takes the server's answer.
   *
   * @throws Error when libdatachannel cannot use it
   */
  answer(sdp: string): void {
    if (this.#closed || this.#answered) return;
    this.#connection.setRemoteDescription(sdp, 'answer');
    this.#answered = true;
    for (const candidate of this.#early.splice(0)) addCandidate(this.#connection, candidate);
    const { transportSequence, rtx, frameMs } = readUplinkAnswer(sdp);
    const { now, ntp, random, cname, frame } = this.#context;
    this.#context.answered(frameMs);
    const start = (): void => {
      if (this.#closed || this.#sender !== null) return;
      if (!this.#videoTrack.isOpen() || !this.#audioTrack.isOpen()) return;
      this.#sender = new UplinkSender(
        { ...this.#streams, payloadTypes: uplinkPayloadTypes, transportSequence, rtx },
        {
          now,
          ntp,
          random,
          cname,
          frame,
          transmit: {
            video: (packet) => this.#transmit(this.#videoTrack, packet),
            audio: (packet) => this.#transmit(this.#audioTrack, packet),
          },
        },
      );
      this.#sender.playVideo(this.#video);
      this.#sender.playSound(this.#sound);
    };
    this.#videoTrack.onOpen(start);
    this.#audioTrack.onOpen(start);
    start();
  }

  /** Takes a remote candidate. */
  addCandidate(candidate: { candidate: string; sdpMid?: string | null | undefined }): void {
    if (this.#closed) return;
    if (this.#answered) addCandidate(this.#connection, candidate);
    else this.#early.push(candidate);
  }

  /** Plays a clip from its keyframe on; null stops video. */
  playVideo(clip: VideoClip | null): void {
    this.#video = clip;
    this.#sender?.playVideo(clip);
  }

  /** Plays a sound. */
  playSound(clip: SoundClip): void {
    this.#sound = clip;
    this.#sender?.playSound(clip);
  }

  /** Sends what is due. */
  tick(nowMs: number): void {
    this.#sender?.tick(nowMs);
  }

  /** Ends it; may be called twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Ahead of their connection: see mcu/room/downlink.ts.
    this.#audioTrack.close();
    this.#videoTrack.close();
    this.#connection.close();
  }

  #transmit(track: Track, packet: Buffer): void {
    const { loss, random } = this.#context;
    if (loss > 0 && !isRtcp(packet) && random() < loss) return;
    sendOn(track, packet);
  }

  #watch(track: Track): Track {
    track.onClosed(() => undefined);
    track.onMessage((message) => {
      if (!this.#closed) this.#sender?.receive(message);
    });
    return track;
  }
}
