import { parse, write } from 'sdp-transform';
import type { I420Frame } from '../../../../mixer/compositor/index.ts';
import type { ClientMessageInput } from '../../../../mcu/protocol/client.ts';
import {
  type Connection,
  RTCAudioSink,
  RTCAudioSource,
  RTCPeerConnection,
  RTCVideoSink,
  type Sound,
  type Track,
} from './native.ts';
import { Voice } from './sound.ts';

/** What onegrid's `high` has, kbit/s: what libwebrtc's encoder starts with and stays at. */
const videoKbps = 1500;

/** Somebody in the room: a PeerConnection each way, with decoders and encoders of their own. */
export class Participant {
  readonly id: string;
  readonly name: string;
  readonly voice = new Voice();
  readonly #send: (message: object) => void;
  readonly #source = new RTCAudioSource();
  readonly #downlink: Connection;
  #uplink: Connection | null = null;
  #frame: I420Frame | null = null;
  /** Negotiation steps run one after the other. */
  #steps: Promise<void> = Promise.resolve();

  /**
   * @param picture - the composite; libwebrtc encodes it anew for everybody
   * @param send - a message to the browser
   */
  constructor(id: string, name: string, picture: Track, send: (message: object) => void) {
    this.id = id;
    this.name = name;
    this.#send = send;
    this.#downlink = this.#connect('downlink');
    this.#downlink.addTrack(picture);
    this.#downlink.addTrack(this.#source.createTrack());
    this.#step(async () => {
      const offer = await this.#downlink.createOffer();
      await this.#downlink.setLocalDescription(offer);
      send({ type: 'offer', pc: 'downlink', sdp: offer.sdp, negotiation: 1 });
    });
  }

  /** The newest picture. */
  latest(): I420Frame | null {
    return this.#frame;
  }

  /** Takes 10 ms of what is to be heard. */
  hear(sound: Sound): void {
    this.#source.onData(sound);
  }

  /** Takes a message of the browser that is about media. */
  receive(message: ClientMessageInput): void {
    switch (message.type) {
      case 'offer':
        this.#step(() => this.#accept(message.sdp));
        return;
      case 'answer':
        this.#step(() =>
          this.#downlink.setRemoteDescription({ type: 'answer', sdp: withBitrate(message.sdp) }),
        );
        return;
      case 'candidate': {
        const { pc, candidate } = message;
        if (candidate === null || candidate.candidate === '') return;
        this.#step(async () => {
          const connection = pc === 'uplink' ? this.#uplink : this.#downlink;
          await connection?.addIceCandidate(candidate);
        });
        return;
      }
      default:
    }
  }

  /** Ends it. */
  close(): void {
    this.#uplink?.close();
    this.#downlink.close();
  }

  async #accept(sdp: string): Promise<void> {
    this.#uplink?.close();
    const uplink = this.#connect('uplink');
    this.#uplink = uplink;
    uplink.ontrack = ({ track }) => {
      this.#listen(track);
    };
    await uplink.setRemoteDescription({ type: 'offer', sdp });
    const answer = await uplink.createAnswer();
    await uplink.setLocalDescription(answer);
    this.#send({ type: 'answer', pc: 'uplink', sdp: answer.sdp });
  }

  #listen(track: Track): void {
    if (track.kind === 'audio') {
      new RTCAudioSink(track).ondata = (sound) => {
        this.voice.add(sound);
      };
      return;
    }
    new RTCVideoSink(track).onframe = ({ frame: { width, height, data } }) => {
      // Only the newest is kept.
      this.#frame = {
        width,
        height,
        data: new Uint8Array(data.buffer, data.byteOffset, data.length),
      };
    };
  }

  #connect(pc: 'uplink' | 'downlink'): Connection {
    const connection = new RTCPeerConnection({ iceServers: [], bundlePolicy: 'max-bundle' });
    connection.onicecandidate = ({ candidate }) => {
      if (candidate === null) return;
      const { candidate: line, sdpMid, sdpMLineIndex } = candidate;
      this.#send({ type: 'candidate', pc, candidate: { candidate: line, sdpMid, sdpMLineIndex } });
    };
    return connection;
  }

  #step(action: () => Promise<void>): void {
    this.#steps = this.#steps.then(action).catch((error: unknown) => {
      console.error(this.name, error);
    });
  }
}

/**
 * Keeps libwebrtc's encoder at its bitrate: its estimator would begin with 300 kbit/s, and on a machine that is busy with
 * the measurement take its own late packets for a congested network. Without feedback on them it goes by loss alone.
 */
function withBitrate(sdp: string): string {
  const session = parse(sdp);
  for (const section of session.media) {
    section.ext = (section.ext ?? []).filter(({ uri }) => !/transport-wide|abs-send/.test(uri));
    section.rtcpFb = (section.rtcpFb ?? []).filter(({ type }) => !/transport-cc|remb/.test(type));
    if (section.type !== 'video') continue;
    section.bandwidth = [{ type: 'AS', limit: videoKbps }];
    for (const { payload } of section.rtp.filter(({ codec }) => codec === 'VP8')) {
      const config = ['start', 'min', 'max']
        .map((which) => `x-google-${which}-bitrate=${videoKbps}`)
        .join(';');
      section.fmtp.push({ payload, config });
    }
  }
  return write(session);
}
