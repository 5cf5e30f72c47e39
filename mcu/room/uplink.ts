import {
  type I420Frame,
  rotateI420,
  type Rotation,
  type VideoSource,
} from '../../mixer/compositor/index.ts';
import type { Candidate } from '../protocol/common.ts';
import type { RoomSettings } from '../protocol/ipc.ts';
import type { IceServer } from '../protocol/server.ts';
import { maxRemoteCandidates, usableTrickled } from './candidates.ts';
import { HeldPictures } from './held-pictures.ts';
import { ownIceServers } from './ice-servers.ts';
import { LipSync } from './lip-sync.ts';
import { PictureGate } from './picture-gate.ts';
import {
  type AnswerTerms,
  prepareUplinkAnswer,
  prepareUplinkOffer,
  usernameFragmentsOf,
} from './uplink-sdp.ts';
import { countsOf, noCounts, type UplinkCounts } from './uplink-watch.ts';
import {
  type NativeAudioData,
  type NativePeerConnection,
  type NativeTrack,
  type NativeVideoFrame,
  RTCAudioSink,
  RTCPeerConnection,
  RTCVideoSink,
} from './wrtc.ts';

const isRotation = (degrees: number): degrees is Rotation =>
  degrees === 0 || degrees === 90 || degrees === 180 || degrees === 270;

/** A picture as it came, and by how much it is still to be turned. */
interface Received {
  frame: I420Frame;
  rotation: Rotation;
}

/** What an uplink hands on. */
export interface UplinkEvents {
  /** Something for the browser. */
  signal(
    message: { type: 'answer'; sdp: string } | { type: 'candidate'; candidate: Candidate },
  ): void;
  /** 10 ms of sound. */
  audio(data: NativeAudioData): void;
  /** A picture has come; {@link Uplink.latest} has it once it is due. */
  video(): void;
  /** ICE and DTLS have come about, or failed. */
  state(state: 'connected' | 'failed'): void;
  /** Whenever {@link Uplink.received} is asked: all that libwebrtc reports. */
  stats(reports: readonly Record<string, unknown>[]): void;
  /** Pictures come that have more pixels than allowed, and are not shown; once for each uplink. */
  tooLarge(): void;
}

/**
 * The PeerConnection that receives what one browser sends. Only the newest picture is shown, and kept unless its sound is later:
 * the room ticks on its own clock and never waits for anybody.
 */
export class Uplink implements VideoSource {
  readonly #events: UplinkEvents;
  readonly #isPrivate: boolean;
  readonly #connection: NativePeerConnection;
  readonly #sinks: (() => void)[] = [];
  readonly #mostPixels: number;
  #isTooLarge = false;
  readonly #pictures = new HeldPictures<Received>();
  readonly #lips = new LipSync();
  #fragments: ReadonlySet<string> = new Set();
  /** Remote candidates behind a negotiation step, and those looked at in this ICE session. */
  #waiting = 0;
  #candidates = 0;
  /** Negotiation steps run one after the other. */
  #steps: Promise<void> = Promise.resolve();
  #closed = false;

  /**
   * @param settings - the room's
   * @param peer - servers for the server's own side; whether the browser comes from a private address
   * @param events - told what comes
   */
  constructor(
    { udpPorts, maxUplink }: Pick<RoomSettings, 'udpPorts' | 'maxUplink'>,
    { iceServers, isPrivate }: { iceServers: readonly IceServer[]; isPrivate: boolean },
    events: UplinkEvents,
  ) {
    this.#events = events;
    this.#isPrivate = isPrivate;
    this.#mostPixels = maxUplink.width * maxUplink.height;
    this.#connection = new RTCPeerConnection({
      iceServers: ownIceServers(iceServers),
      bundlePolicy: 'max-bundle',
      ...(udpPorts && { portRange: { min: udpPorts.minimum, max: udpPorts.maximum } }),
    });
    this.#connection.ontrack = ({ track }) => {
      this.#receive(track);
    };
    this.#connection.onconnectionstatechange = () => {
      const { connectionState } = this.#connection;
      if (this.#closed) return;
      if (connectionState === 'connected' || connectionState === 'failed') {
        events.state(connectionState);
      }
    };
    this.#connection.onicecandidate = ({ candidate }) => {
      events.signal({
        type: 'candidate',
        candidate: candidate && {
          candidate: candidate.candidate,
          sdpMid: candidate.sdpMid,
          sdpMLineIndex: candidate.sdpMLineIndex,
          usernameFragment: candidate.usernameFragment,
        },
      });
    };
  }

  /** The newest picture that is due, upright; null before the first one. */
  latest(): I420Frame | null {
    const newest = this.#pictures.newest(performance.now());
    if (newest === null) return null;
    if (newest.rotation !== 0) {
      newest.frame = rotateI420(newest.frame, newest.rotation);
      newest.rotation = 0;
    }
    return newest.frame;
  }

  /** Forgets all pictures: they are no longer what the browser shows. */
  forgetFrame(): void {
    this.#pictures.clear();
  }

  /**
   * Takes an offer, the first or a renegotiation, and signals the answer.
   * @param terms - what the browser may send, asked when the answer is made
   * @param ready - when it may begin to send
   * @returns rejects if libwebrtc cannot use the offer
   */
  accept(offer: string, terms: () => AnswerTerms, ready: Promise<void>): Promise<void> {
    return this.#step(async () => {
      await ready;
      if (this.isClosed()) return;
      await this.#connection.setRemoteDescription({
        type: 'offer',
        sdp: prepareUplinkOffer(offer, this.#isPrivate),
      });
      if (this.isClosed()) return;
      const fragments = usernameFragmentsOf(offer);
      if ([...fragments].some((fragment) => !this.#fragments.has(fragment))) this.#candidates = 0;
      this.#fragments = fragments;
      const answer = await this.#connection.createAnswer();
      if (this.isClosed()) return;
      await this.#connection.setLocalDescription(answer);
      if (this.isClosed()) return;
      // Not `localDescription`: wrtc reads it while another of its threads adds candidates to it, which crashed now and
      // then. Candidates come one by one, all of them after this.
      this.#events.signal({ type: 'answer', sdp: prepareUplinkAnswer(answer.sdp, terms()) });
    });
  }

  /** Takes a remote candidate; unusable and stale ones are ignored. */
  addCandidate(candidate: Candidate): void {
    if (candidate === null || this.#waiting >= maxRemoteCandidates) return;
    this.#waiting += 1;
    // Behind the offer it belongs to. One that libwebrtc refuses costs one path, not the connection.
    this.#step(async () => {
      this.#waiting -= 1;
      const line = usableTrickled(candidate, this.#fragments, this.#isPrivate);
      if (line === null) return;
      this.#candidates += 1;
      if (this.#candidates > maxRemoteCandidates) return;
      const { sdpMid = null } = candidate;
      // Where it says neither, all sections share one transport.
      const sdpMLineIndex = candidate.sdpMLineIndex ?? (sdpMid === null ? 0 : null);
      await this.#connection.addIceCandidate({ candidate: line, sdpMid, sdpMLineIndex });
    }).catch(() => undefined);
  }

  /**
   * What has been received so far. Asks libwebrtc, so call it about once a second.
   * @param isHeard - whether the sound goes anywhere: its pictures keep up with it
   */
  async received(isHeard: boolean): Promise<UplinkCounts> {
    if (this.#closed) return noCounts;
    const reports = [...(await this.#connection.getStats()).values()];
    this.#events.stats(reports);
    this.#lips.take(reports, isHeard, performance.now());
    return countsOf(reports);
  }

  /** Whether the browser has closed it, and said so (DTLS close_notify). Asks libwebrtc, so call it seldom. */
  async hasHungUp(): Promise<boolean> {
    if (this.#closed) return true;
    const reports = [...(await this.#connection.getStats()).values()];
    return reports.some(({ type, dtlsState }) => type === 'transport' && dtlsState === 'closed');
  }

  /** Whether it has ended; may change during any `await`. */
  isClosed(): boolean {
    return this.#closed;
  }

  /** Ends it; may be called twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pictures.clear();
    for (const close of this.#sinks.splice(0)) close();
    this.#connection.ontrack = null;
    this.#connection.onicecandidate = null;
    this.#connection.onconnectionstatechange = null;
    this.#connection.close();
  }

  #step(action: () => Promise<void>): Promise<void> {
    const step = this.#steps.then(async () => {
      if (!this.#closed) await action();
    });
    this.#steps = step.catch(() => undefined);
    return step;
  }

  #receive(track: NativeTrack): void {
    if (this.#closed) return;
    if (track.kind === 'audio') {
      const sink = new RTCAudioSink(track);
      sink.ondata = (data) => {
        if (!this.#closed) this.#events.audio(data);
      };
      this.#sinks.push(() => {
        sink.ondata = null;
        sink.stop();
      });
      return;
    }
    const gate = new PictureGate<NativeVideoFrame>({
      mostPixels: this.#mostPixels,
      listen: (take) => listenTo(track, take),
      after: (ms, action) => {
        const timer = setTimeout(action, ms);
        return () => {
          clearTimeout(timer);
        };
      },
      now: () => performance.now(),
      take: (picture) => {
        this.#take(picture);
      },
      tooLarge: () => {
        if (!this.#isTooLarge) this.#events.tooLarge();
        this.#isTooLarge = true;
      },
    });
    this.#sinks.push(() => {
      gate.close();
    });
  }

  #take({ width, height, rotation = 0, data }: NativeVideoFrame): void {
    if (this.#closed) return;
    const nowMs = performance.now();
    const received: Received = {
      frame: { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) },
      rotation: isRotation(rotation) ? rotation : 0,
    };
    this.#pictures.push(received, nowMs + this.#lips.holdMs(nowMs), nowMs);
    this.#events.video();
  }
}

/** Takes the pictures off a track, as copies. @returns ends it */
function listenTo(track: NativeTrack, take: (picture: NativeVideoFrame) => void): () => void {
  const sink = new RTCVideoSink(track);
  sink.onframe = ({ frame }) => {
    take(frame);
  };
  return () => {
    sink.onframe = null;
    sink.stop();
  };
}
