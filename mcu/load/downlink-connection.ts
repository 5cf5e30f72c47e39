import type { PeerConnection, Track } from 'node-datachannel';
import {
  addCandidate,
  type ConnectionContext,
  openConnection,
  sendOn,
  tellCandidates,
} from './connection.ts';
import { type DownlinkFormat, DownlinkReceiver, isRtcp } from './downlink-receiver.ts';
import type { ArrivedFrame } from './frame-assembler.ts';
import { writeDownlinkAnswer } from './sdp.ts';

/** What a packet of the downlink is. */
export type PacketKind = 'video' | 'audio' | 'rtx' | 'rtcp';

/** What a downlink needs from its participant. */
export interface DownlinkConnectionContext extends ConnectionContext {
  readonly codec: 'h264' | 'vp8';
  readonly answer: (sdp: string) => void;
  readonly frame: (frame: ArrivedFrame) => void;
  /** Told of every packet before anything is made of it. */
  readonly packet?: ((kind: PacketKind, packet: Buffer, atMs: number) => void) | undefined;
}

/**
 * The server's candidates are used this much later, in milliseconds; it comes to ours by itself, and is then through
 * with ICE before us. Were we first, two things could happen that do not happen to browsers: our first DTLS message comes
 * too early and is sent again after 1 s only (theirs after 50 ms); and libdatachannel 0.24 there begins with DTLS before
 * it knows the fingerprint of the answer, and refuses us.
 */
const patienceMs = 500;

/** The PeerConnection on which a synthetic participant receives the composite. It answers the offer it is made for. */
export class DownlinkConnection {
  readonly #context: DownlinkConnectionContext;
  readonly #connection: PeerConnection;
  // A collected Track closes.
  readonly #tracks: Track[] = [];
  #format: DownlinkFormat | null = null;
  #receiver: DownlinkReceiver | null = null;
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  /**
   * @param offer - The server's.
   * @param context - Where signalling and pictures go.
   * @throws Error when libdatachannel cannot use the offer
   */
  constructor(offer: string, context: DownlinkConnectionContext) {
    this.#context = context;
    this.#connection = openConnection(`${context.cname} downlink`);
    this.#connection.onTrack((track) => {
      this.#receive(track);
    });
    this.#connection.onLocalDescription((local) => {
      if (this.#closed) return;
      const { sdp, format } = writeDownlinkAnswer(offer, local, context.codec);
      this.#format = format;
      this.#receiver = new DownlinkReceiver(format, {
        cname: context.cname,
        random: context.random,
        frame: context.frame,
        transmit: (rtcp) => {
          const [track] = this.#tracks;
          if (track !== undefined) sendOn(track, rtcp);
        },
      });
      context.answer(sdp);
    });
    this.#connection.onStateChange((state) => {
      if (state === 'failed' && !this.#closed) context.failed();
    });
    tellCandidates(this.#connection, (candidate) => {
      if (!this.#closed) context.candidate(candidate);
    });
    this.#connection.setRemoteDescription(offer, 'offer');
    this.#connection.setLocalDescription('answer');
  }

  /** What was received; null before the answer. */
  get receiver(): DownlinkReceiver | null {
    return this.#receiver;
  }

  /** Takes a remote candidate. */
  addCandidate(candidate: { candidate: string; sdpMid?: string | null | undefined }): void {
    if (this.#closed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      addCandidate(this.#connection, candidate);
    }, patienceMs);
    this.#timers.add(timer);
  }

  /** Sends the RTCP that is due. */
  tick(nowMs: number): void {
    this.#receiver?.tick(nowMs);
  }

  /** Ends it; may be called twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    // Ahead of their connection: see mcu/room/downlink.ts.
    for (const track of this.#tracks) track.close();
    this.#connection.close();
  }

  #receive(track: Track): void {
    this.#tracks.push(track);
    const { now, random, loss, packet: told } = this.#context;
    track.onClosed(() => undefined);
    track.onMessage((packet) => {
      if (this.#closed) return;
      const nowMs = now();
      if (loss > 0 && !isRtcp(packet) && random() < loss) return;
      told?.(this.#kindOf(packet), packet, nowMs);
      this.#receiver?.receive(packet, nowMs);
    });
  }

  #kindOf(packet: Buffer): PacketKind {
    if (isRtcp(packet)) return 'rtcp';
    const ssrc = packet.length < 12 ? null : packet.readUInt32BE(8);
    if (ssrc === this.#format?.audioSsrc) return 'audio';
    return ssrc === this.#format?.rtxSsrc ? 'rtx' : 'video';
  }
}
