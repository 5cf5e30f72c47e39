import nodeDataChannel, { type PeerConnection, type Track } from 'node-datachannel';
import type { Candidate } from '../protocol/common.ts';
import type { RoomSettings } from '../protocol/ipc.ts';
import type { IceServer } from '../protocol/server.ts';
import { transportOf } from '../sdp/index.ts';
import { maxRemoteCandidates, usableTrickled, withUsableCandidates } from './candidates.ts';
import {
  type AnsweredMedia,
  carrierAnswer,
  payloadTypes,
  readAnswer,
  type StreamDescription,
  writeOffer,
} from './downlink-sdp.ts';
import { DownlinkSender, type SenderContext } from './downlink-sender.ts';
import { nativeIceServers } from './ice-servers.ts';
import type { LinkState } from './link-state.ts';
import { isRelayedByTcp, RelayGate } from './relay-gate.ts';
import type { RungController } from './rung-controller.ts';
import { usernameFragmentsOf } from './uplink-sdp.ts';

/** What a downlink tells. */
export interface DownlinkEvents {
  /** The offer for the browser. */
  offer(sdp: string): void;
  /** A local candidate for the browser; null: there are no more. */
  candidate(candidate: Candidate): void;
  /** RTCP has come: the browser is there. */
  heard(): void;
  /** The rung, why it is that one, or what the path carries may have changed; null: nothing is known of that. */
  quality(bitsPerSecond: number | null): void;
  /** ICE and DTLS have come about. */
  connected(): void;
  /** ICE or DTLS has failed: only another PeerConnection helps. */
  failed(): void;
  /** The browser has closed it, and said so (DTLS close_notify). */
  hungUp(): void;
}

/** What a downlink needs from its room. */
export interface DownlinkContext extends Omit<SenderContext, 'transmit' | 'onQuality'> {
  readonly settings: RoomSettings;
  /** For the server's own side. */
  readonly iceServers: readonly IceServer[];
  /** Whether the browser comes from a private address. */
  readonly isPrivate: boolean;
}

/** So long a browser with TURN over TCP may take to connect after its answer; milliseconds. */
const gatePatienceMs = 2000;

const randomSsrc = (): number => 1 + Math.floor(Math.random() * 0xfffffffe);

/**
 * The PeerConnection that brings one browser its one video and one audio track. The server offers as
 * soon as it is made; media flows from the moment the browser has answered and DTLS is up.
 *
 * libdatachannel is told of one track only, which carries both streams: with two it reads all RTCP to find out whose it is, and
 * an SDES packet that is not as it should be keeps it in an endless loop, with all rooms' threads behind it (`dispatchMedia` in its
 * src/impl/peerconnection.cpp, version 0.24). With one it passes RTCP on as it is.
 */
export class Downlink {
  readonly #context: DownlinkContext;
  readonly #events: DownlinkEvents;
  readonly #connection: PeerConnection;
  readonly #streams: StreamDescription;
  // A collected Track closes, so it is kept.
  readonly #track: Track;
  readonly #controller: RungController;
  #answered: AnsweredMedia | undefined;
  #sender: DownlinkSender | undefined;
  #fragments: ReadonlySet<string> = new Set();
  readonly #early: NonNullable<Candidate>[] = [];
  #candidates = 0;
  readonly #throughGate: boolean;
  #gate: RelayGate | undefined;
  #answeredAtMs = 0;
  #isRelayedByTcp = false;
  #closed = false;

  /**
   * @param participantId - names the stream
   * @param controller - chooses the quality
   * @param throughGate - whether the browser is to come by a {@link RelayGate}
   * @param context - where media comes from
   * @param events - told what the browser has to know
   */
  constructor(
    participantId: string,
    controller: RungController,
    throughGate: boolean,
    context: DownlinkContext,
    events: DownlinkEvents,
  ) {
    this.#controller = controller;
    this.#throughGate = throughGate;
    this.#context = context;
    this.#events = events;
    const { settings, iceServers } = context;
    this.#streams = {
      cname: participantId,
      videoSsrc: randomSsrc(),
      videoRtxSsrc: randomSsrc(),
      audioSsrc: randomSsrc(),
      profileLevelId: context.profileLevelId,
    };
    this.#connection = new nodeDataChannel.PeerConnection(participantId, {
      iceServers: nativeIceServers(iceServers),
      disableAutoNegotiation: true,
      ...(settings.udpPorts && {
        portRangeBegin: settings.udpPorts.minimum,
        portRangeEnd: settings.udpPorts.maximum,
      }),
    });
    this.#track = this.#addTrack();
    this.#offer();
  }

  /**
   * Takes the browser's answer.
   * @throws Error if libdatachannel cannot use it
   */
  answer(sdp: string): void {
    if (this.#closed || this.#answered !== undefined) return;
    const answered = readAnswer(sdp);
    const usable = withUsableCandidates(sdp, this.#context.isPrivate);
    const candidates = /^a=candidate:.*\r?\n/gm;
    for (const [line] of usable.matchAll(candidates)) this.#noteRelay(line.slice(2));
    // By the gate the browser comes to us, and we do not go to it by another way.
    const given = this.#throughGate ? usable.replace(candidates, '') : usable;
    this.#connection.setRemoteDescription(carrierAnswer(given), 'answer');
    this.#answered = answered;
    this.#answeredAtMs = this.#context.now();
    this.#fragments = usernameFragmentsOf(sdp);
    for (const candidate of this.#early.splice(0)) this.addCandidate(candidate);
    this.#startWhenOpen();
  }

  /** Whether it does not come about, and would by a {@link RelayGate}. */
  get needsGate(): boolean {
    const waited = this.#context.now() - this.#answeredAtMs;
    const isStuck = this.#answered !== undefined && this.#sender === undefined;
    return isStuck && !this.#throughGate && this.#isRelayedByTcp && waited > gatePatienceMs;
  }

  /** Another quality is wanted, as the controller knows already. */
  qualityChanged(): void {
    this.#sender?.changed();
  }

  /** The path as it is now; null while nothing is sent by it. */
  get link(): LinkState | null {
    return this.#sender?.link ?? null;
  }

  /** Looks after the path; call it every 50 ms. */
  tick(): void {
    this.#sender?.tick();
  }

  /** Takes a remote candidate; unusable and stale ones are ignored. */
  addCandidate(candidate: Candidate): void {
    if (this.#closed || candidate === null || this.#candidates >= maxRemoteCandidates) return;
    if (this.#answered === undefined) {
      // Trickled ahead of the answer.
      if (this.#early.length < maxRemoteCandidates) this.#early.push(candidate);
      return;
    }
    const line = usableTrickled(candidate, this.#fragments, this.#context.isPrivate);
    if (line === null) return;
    this.#noteRelay(line);
    if (this.#throughGate) return;
    this.#candidates += 1;
    try {
      this.#connection.addRemoteCandidate(line, 'video');
    } catch (error) {
      // A candidate that libdatachannel refuses costs one path, not the connection.
      this.#context.log.lines.debug({ err: error }, 'candidate refused');
    }
  }

  /** Ends it; may be called twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sender?.close();
    this.#sender = undefined;
    // The connection closes its track too, but node-datachannel then keeps its callbacks, and with them this, for good.
    // Not behind it: it closes it on a thread of its own, which may be within a callback that is freed here.
    this.#track.close();
    this.#gate?.close();
    this.#connection.close();
  }

  #addTrack(): Track {
    const { cname, videoSsrc } = this.#streams;
    const video = new nodeDataChannel.Video('video', 'SendOnly');
    video.addH264Codec(payloadTypes.h264);
    video.addSSRC(videoSsrc, cname, 'onegrid', 'video');
    const track = this.#connection.addTrack(video);
    track.onOpen(() => {
      this.#startWhenOpen();
    });
    track.onClosed(() => undefined);
    track.onError((error) => {
      this.#context.log.lines.info({ error }, 'track error');
    });
    track.onMessage((message) => {
      if (this.#closed) return;
      this.#events.heard();
      this.#sender?.receive(message);
    });
    return track;
  }

  #offer(): void {
    const connection = this.#connection;
    const { settings, log } = this.#context;
    let fragment: string | null = null;
    const tell = (candidate: string, mid: string): void => {
      const sdpMLineIndex = null;
      this.#events.candidate({ candidate, sdpMid: mid, sdpMLineIndex, usernameFragment: fragment });
    };
    connection.onLocalDescription((sdp) => {
      if (this.#closed) return;
      const transport = transportOf(sdp);
      fragment = transport.usernameFragment;
      if (this.#throughGate) {
        this.#gate = new RelayGate(settings.udpPorts, transport.password, (candidate) => {
          tell(candidate, 'video');
        });
      }
      const candidates = this.#throughGate ? [] : transport.candidates;
      this.#events.offer(writeOffer({ ...transport, candidates }, this.#streams));
    });
    connection.onLocalCandidate((candidate, mid) => {
      if (this.#closed) return;
      const line = candidate.replace(/^a=/, '');
      if (this.#gate === undefined) tell(line, mid);
      else {
        this.#gate.stand(line).catch((error: unknown) => {
          log.lines.warn({ err: error }, 'no port for a gate');
        });
      }
    });
    connection.onGatheringStateChange((state) => {
      if (state === 'complete' && !this.#closed) this.#events.candidate(null);
    });
    let hasFailed = false;
    connection.onStateChange((state) => {
      if (this.#closed) return;
      // One that has failed is closed by libdatachannel, too.
      if (state === 'closed' && !hasFailed) this.#events.hungUp();
      hasFailed ||= state === 'failed';
      if (state === 'connected') this.#events.connected();
      else if (state === 'failed') this.#events.failed();
    });
    connection.setLocalDescription('offer');
  }

  #startWhenOpen(): void {
    if (this.#closed || this.#sender !== undefined || this.#answered === undefined) return;
    if (!this.#track.isOpen()) return;
    const transmit = (packet: Buffer): void => {
      this.#transmit(packet);
    };
    this.#sender = new DownlinkSender(this.#streams, this.#answered, this.#controller, {
      ...this.#context,
      onQuality: (bitsPerSecond) => {
        this.#events.quality(bitsPerSecond);
      },
      transmit: { video: transmit, audio: transmit },
    });
  }

  #noteRelay(candidate: string): void {
    this.#isRelayedByTcp ||= isRelayedByTcp(candidate);
  }

  /** The track may close at any moment, on another thread; that is no reason for others to miss a picture. */
  #transmit(packet: Buffer): void {
    try {
      if (this.#track.isOpen()) this.#track.sendMessageBinary(packet);
    } catch (error) {
      this.#context.log.lines.debug({ err: error }, 'packet not sent');
    }
  }
}
