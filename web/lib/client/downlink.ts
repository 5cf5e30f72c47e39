import type { Candidate } from '../../../mcu/protocol/common.ts';
import { type ConnectionWatch, watchConnection, type LinkState } from './connection-watch.ts';
import { Emitter } from './emitter.ts';
import { onLocalCandidate } from './local-candidates.ts';
import { type Counters, countersOf } from './network-reading.ts';
import type { PeerLike, Platform, ReceiverLike, TrackLike } from './platform.ts';
import { RemoteCandidates } from './remote-candidates.ts';

/**
 * On a narrow line sound waits so long before it is played, milliseconds: when the line gets narrower still, what pictures
 * have queued there holds the sound up for longer than a browser's buffer lasts by itself.
 */
const narrowBufferMs = 200;

/** What a downlink reports. */
export interface DownlinkEvents {
  state: [state: LinkState];
  answer: [sdp: string, negotiation: number];
  candidate: [candidate: Candidate];
  /** The composite's picture or the room's sound is there. */
  track: [track: TrackLike];
  /** This PeerConnection is beyond help: ask for another. */
  broken: [];
}

/** The composite on its way down: one PeerConnection, for the one offer it was made for. */
export class Downlink extends Emitter<DownlinkEvents> {
  readonly #peer: PeerLike;
  readonly #candidates: RemoteCandidates;
  readonly #watch: ConnectionWatch;
  readonly #soundReceivers: ReceiverLike[] = [];
  #narrow: boolean;
  #state: LinkState = 'connecting';
  #closed = false;

  /** @param narrow - see {@link Downlink.setNarrow} */
  constructor(peer: PeerLike, platform: Pick<Platform, 'after'>, narrow: boolean) {
    super();
    this.#peer = peer;
    this.#narrow = narrow;
    this.#candidates = new RemoteCandidates(peer);
    onLocalCandidate(peer, (candidate) => {
      if (!this.#closed) this.emit('candidate', candidate);
    });
    peer.addEventListener('track', ({ track, receiver }) => {
      if (track.kind === 'audio') this.#soundReceivers.push(receiver);
      this.#setBuffers();
      if (!this.#closed) this.emit('track', track);
    });
    this.#watch = watchConnection(
      peer,
      platform,
      (state) => {
        this.#state = state;
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

  /** Whether the line carries less than the best picture: then sound is played a little later, and with fewer gaps. */
  setNarrow(narrow: boolean): void {
    this.#narrow = narrow;
    this.#setBuffers();
  }

  /** Answers the offer; `negotiation` tells the server which offer the answer is for. */
  accept(sdp: string, negotiation: number): void {
    this.#accept(sdp, negotiation).catch(() => {
      if (!this.#closed) this.emit('broken');
    });
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

  /** Ends the PeerConnection. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.end();
    this.#peer.close();
  }

  #setBuffers(): void {
    for (const receiver of this.#soundReceivers) {
      receiver.jitterBufferTarget = this.#narrow ? narrowBufferMs : null;
    }
  }

  async #accept(offer: string, negotiation: number): Promise<void> {
    await this.#peer.setRemoteDescription({ type: 'offer', sdp: offer });
    if (this.#isClosed()) return;
    this.#candidates.described(offer);
    const { sdp = '' } = await this.#peer.createAnswer();
    if (this.#isClosed()) return;
    await this.#peer.setLocalDescription({ type: 'answer', sdp });
    if (!this.#isClosed()) this.emit('answer', sdp, negotiation);
  }

  /** Asked anew after every await: a newer offer may have closed this one meanwhile. */
  #isClosed(): boolean {
    return this.#closed;
  }
}
