import type { Candidate } from '../../../mcu/protocol/common.ts';
import { onLocalCandidate } from './local-candidates.ts';
import { type ConnectionWatch, watchConnection, type LinkState } from './connection-watch.ts';
import { Emitter } from './emitter.ts';
import type { LocalTracks } from './local-media.ts';
import { type Counters, countersOf } from './network-reading.ts';
import type { PeerLike, Platform, SenderLike, StreamLike, TrackLike } from './platform.ts';
import { RemoteCandidates } from './remote-candidates.ts';
import { answeredPtime, shapeSound, soundFirst, withPtime } from './sound-encoding.ts';
import { UplinkReport } from './uplink-report.ts';
import { firstDemand, type UplinkDemand } from './video-encoding.ts';
import { VideoShaper } from './video-shaper.ts';

/** What an uplink reports. */
export interface UplinkEvents {
  state: [state: LinkState];
  /** An offer for the server; exactly one answer is expected before the next. */
  offer: [sdp: string];
  candidate: [candidate: Candidate];
  /** The browser may send less than it is asked for: so many kbit/s. */
  short: [availableKbps: number];
  /** This PeerConnection is beyond help: make another. */
  broken: [];
}

/** The tracks of this participant on their way up, in one PeerConnection and one MediaStream. */
export class Uplink extends Emitter<UplinkEvents> {
  readonly #peer: PeerLike;
  readonly #stream: StreamLike;
  readonly #candidates: RemoteCandidates;
  readonly #watch: ConnectionWatch;
  readonly #shaper: VideoShaper;
  readonly #report: UplinkReport;
  readonly #senders: Partial<
    Record<'audio' | 'video', { sender: SenderLike; track: TrackLike | null }>
  > = {};
  #demand: UplinkDemand;
  /** Bits a second that sound was last limited to. */
  #soundBitrate: number | null = null;
  /** Milliseconds of sound frames as of the last answer, and as wanted with the last offer. */
  #ptime: { answered: number | null; offered: number | null } = { answered: null, offered: null };
  /** The picture waits until an offer has got through. */
  #holdsVideo = false;
  /** The last answer of the server. */
  #answer = '';
  #wanted: LocalTracks = { audio: null, video: null };
  #changed = false;
  #running = false;
  #needsOffer = false;
  #awaitingAnswer = false;
  #closed = false;
  #state: LinkState = 'connecting';

  /** @param demand - what the server wants, if it has said so */
  constructor(
    peer: PeerLike,
    platform: Pick<Platform, 'after' | 'createStream'>,
    demand: UplinkDemand | null,
  ) {
    super();
    this.#demand = demand ?? firstDemand;
    this.#shaper = new VideoShaper(platform, demand);
    this.#peer = peer;
    this.#stream = platform.createStream();
    this.#candidates = new RemoteCandidates(peer);
    onLocalCandidate(peer, (candidate) => {
      if (!this.#closed) this.emit('candidate', candidate);
    });
    this.#report = new UplinkReport(peer, platform, this.#demand, (kbps) => {
      this.emit('short', kbps);
    });
    this.#watch = watchConnection(
      peer,
      platform,
      (state) => {
        this.#state = state;
        this.#report.setConnected(state === 'connected');
        this.emit('state', state);
      },
      () => {
        this.emit('broken');
      },
    );
  }

  /** How the connection is doing. */
  get state(): LinkState {
    return this.#state;
  }

  /** Sends these from now on: replaces tracks, adds a section and renegotiates where there was none. */
  setTracks(tracks: LocalTracks): void {
    this.#wanted = tracks;
    this.#changed = true;
    this.#run();
  }

  /** What the server wants from now on; sound frames of another length take another offer. */
  setDemand(demand: UplinkDemand): void {
    this.#demand = demand;
    this.#report.setDemand(demand);
    void this.#shapeVideo();
    this.#run();
  }

  /** The server's answer. */
  handleAnswer(sdp: string): void {
    if (!this.#awaitingAnswer || this.#closed) return;
    this.#peer.setRemoteDescription({ type: 'answer', sdp }).then(
      () => {
        this.#awaitingAnswer = false;
        this.#ptime.answered = answeredPtime(sdp);
        this.#answer = sdp;
        this.#holdsVideo = false;
        void this.#shapeVideo();
        this.#candidates.described(sdp);
        this.#run();
      },
      () => {
        this.#fail();
      },
    );
  }

  /** A candidate of the server. */
  handleCandidate(candidate: Candidate): void {
    if (!this.#closed) this.#candidates.add(candidate);
  }

  /** What the browser has counted of this PeerConnection so far; null before it is connected, and after its end. */
  async counters(): Promise<Counters | null> {
    try {
      return countersOf(await this.#peer.getStats());
    } catch {
      // Closed meanwhile.
      return null;
    }
  }

  /** The network may be another one now. */
  handleNetworkChange(): void {
    this.#watch.networkChanged();
  }

  /** Ends the PeerConnection; the tracks go on living. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.end();
    this.#shaper.close();
    this.#report.close();
    this.#peer.close();
  }

  #run(): void {
    if (this.#running) return;
    this.#running = true;
    this.#work()
      .catch(() => {
        this.#fail();
      })
      .finally(() => {
        this.#running = false;
        // Tracks may have changed, or the answer come, between the last look and now.
        if (this.#hasWork()) this.#run();
      });
  }

  #hasWork(): boolean {
    return (
      !this.#closed &&
      (this.#changed || this.#isLoud() || (this.#isOfferDue() && !this.#awaitingAnswer))
    );
  }

  /** Whether sound is still to be limited to what is wanted of it. */
  #isLoud(): boolean {
    return (
      this.#senders.audio !== undefined &&
      this.#ptime.answered !== null &&
      this.#soundBitrate !== this.#demand.audio.bitrate
    );
  }

  /** A server that answers with another length than it wants is not asked twice. */
  #isOfferDue(): boolean {
    const { answered, offered } = this.#ptime;
    const { ptime } = this.#demand.audio;
    return this.#needsOffer || (answered !== null && answered !== ptime && offered !== ptime);
  }

  async #work(): Promise<void> {
    while (this.#hasWork()) {
      if (this.#changed) {
        this.#changed = false;
        await this.#place('audio', this.#wanted.audio);
        await this.#place('video', this.#wanted.video);
      } else if (this.#isLoud() && this.#senders.audio !== undefined) {
        this.#soundBitrate = this.#demand.audio.bitrate;
        await shapeSound(this.#senders.audio.sender, this.#soundBitrate);
      } else {
        await this.#offer();
      }
    }
  }

  async #place(kind: 'audio' | 'video', track: TrackLike | null): Promise<void> {
    const placed = this.#senders[kind];
    if (placed !== undefined) {
      if (placed.track === track) return;
      placed.track = track;
      await placed.sender.replaceTrack(track);
      if (kind === 'video') await this.#shaper.place(placed.sender, track);
      return;
    }
    if (track === null) return;
    const { sender } = this.#peer.addTransceiver(track, {
      direction: 'sendonly',
      streams: [this.#stream],
      sendEncodings: [kind === 'video' ? this.#shaper.encodingOf(track) : soundFirst],
    });
    this.#senders[kind] = { sender, track };
    this.#needsOffer = true;
    if (kind === 'video') await this.#shaper.place(sender, track);
  }

  async #offer(): Promise<void> {
    const { ptime } = this.#demand.audio;
    const isNarrower = this.#ptime.answered !== null && ptime > this.#ptime.answered;
    if (isNarrower && !this.#needsOffer) await this.#lengthenFrames(ptime);
    if (this.#isClosed()) return;
    this.#needsOffer = false;
    this.#ptime.offered = ptime;
    const { sdp = '' } = await this.#peer.createOffer();
    if (this.#isClosed()) return;
    await this.#peer.setLocalDescription({ type: 'offer', sdp });
    if (this.#isClosed()) return;
    this.#awaitingAnswer = true;
    this.emit('offer', sdp);
  }

  #shapeVideo(): Promise<void> {
    return this.#shaper.setDemand(this.#holdsVideo ? { ...this.#demand, fps: 0 } : this.#demand);
  }

  /**
   * Makes room on the way up for the offer that asks for longer frames of sound: sends these at once, as if the server had
   * answered so, and no picture until it has. Else the offer would take 10 s and more to get through.
   */
  async #lengthenFrames(ptime: number): Promise<void> {
    this.#holdsVideo = true;
    await this.#shapeVideo();
    try {
      const { sdp = '' } = await this.#peer.createOffer();
      await this.#peer.setLocalDescription({ type: 'offer', sdp });
      const answer = withPtime(this.#answer, ptime);
      await this.#peer.setRemoteDescription({ type: 'answer', sdp: answer });
    } catch {
      // The server's answer says the same, only later.
    }
  }

  /** Asked anew after every await: a replacement may have closed this one meanwhile. */
  #isClosed(): boolean {
    return this.#closed;
  }

  #fail(): void {
    if (this.#closed) return;
    this.#needsOffer = false;
    this.#changed = false;
    this.emit('broken');
  }
}
