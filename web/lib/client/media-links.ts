import type { ClientMessageInput } from '../../../mcu/protocol/client.ts';
import type { ServerMessage } from '../../../mcu/protocol/server.ts';
import { backoffDelayMs } from './backoff.ts';
import type { LinkState } from './connection-watch.ts';
import { Downlink } from './downlink.ts';
import { Emitter } from './emitter.ts';
import type { LocalTracks } from './local-media.ts';
import type { NetworkSample } from './network-reading.ts';
import type { IceServerInit, Platform, TrackLike } from './platform.ts';
import { Uplink } from './uplink.ts';
import type { UplinkDemand } from './video-encoding.ts';

/** How both directions are doing, and what has come down. */
export interface LinksView {
  readonly uplink: LinkState;
  readonly downlink: LinkState;
  readonly picture: TrackLike | null;
  readonly sound: TrackLike | null;
}

/** The view of a participant whose media has not begun. */
export const noLinks: LinksView = {
  uplink: 'none',
  downlink: 'none',
  picture: null,
  sound: null,
};

/** The signalling messages that concern PeerConnections. */
export type LinkMessage = Extract<ServerMessage, { pc: unknown }>;

/** What the links report. */
export interface LinksEvents {
  changed: [view: LinksView];
  /** Something for the server. */
  send: [message: ClientMessageInput];
  /** The server owes an answer or an offer for too long: the socket is probably dead. */
  stuck: [];
}

/** How long the server may take to answer an uplink offer or to offer a new downlink, in milliseconds. */
const replyPatienceMs = 10_000;
/** The same after a connection broke that had worked: the socket may well have gone with it. */
const brokenPatienceMs = 3000;
/** The same after a change of the network. */
const changedPatienceMs = 800;

/** Both PeerConnections of this participant: makes them, and makes them anew when they fail. */
export class MediaLinks extends Emitter<LinksEvents> {
  readonly #platform: Platform;
  #view: LinksView = noLinks;
  #iceServers: readonly IceServerInit[] = [];
  #tracks: LocalTracks = { audio: null, video: null };
  #demand: UplinkDemand | null = null;
  #narrow = false;
  #uplink: Uplink | null = null;
  #downlink: Downlink | null = null;
  #answerDue: (() => void) | null = null;
  #offerDue: (() => void) | null = null;
  /** The uplink broke while an answer was on its way: that answer belongs to nobody. */
  #uplinkWaitsToBeReplaced = false;
  #uplinkFailures = 0;
  #downlinkFailures = 0;
  #cancelRetry: () => void = () => undefined;
  #replyPatienceMs = replyPatienceMs;

  constructor(platform: Platform) {
    super();
    this.#platform = platform;
  }

  /** Both directions, as they are now. */
  get view(): LinksView {
    return this.#view;
  }

  /** What the browser has counted of both directions so far. */
  async sample(): Promise<NetworkSample> {
    const [uplink = null, downlink = null] = await Promise.all([
      this.#uplink?.counters(),
      this.#downlink?.counters(),
    ]);
    return { uplink, downlink };
  }

  /** Starts afresh: no PeerConnection of before survives; the server offers a downlink by itself. */
  restart(iceServers: readonly IceServerInit[]): void {
    this.#demand = null;
    this.#narrow = false;
    this.#iceServers = iceServers;
    this.reset();
  }

  /** After `reset`: the same as {@link restart}, but servers and demand are known. */
  reset(): void {
    this.close();
    this.#update({ downlink: 'connecting' });
    this.#openUplink();
  }

  /** After a resumed join: what works stays, and what does not is made anew. */
  resume(iceServers: readonly IceServerInit[]): void {
    this.#iceServers = iceServers;
    // Asked of the view: one found to be broken while there was nobody to tell may call itself connected still.
    const uplinkLost = this.#answerDue !== null || this.#view.uplink !== 'connected';
    this.#forgetReplies();
    if (uplinkLost) this.#openUplink();
    if (this.#view.downlink !== 'connected') this.#askForDownlink();
  }

  /** What is to be sent from now on. A listener has none, and gets no uplink until that changes. */
  setTracks(tracks: LocalTracks): void {
    this.#tracks = tracks;
    if (this.#uplink !== null) this.#uplink.setTracks(tracks);
    else if (this.#view.downlink !== 'none') this.#openUplink();
  }

  /** What the server wants from now on, over every uplink to come. */
  setDemand(demand: UplinkDemand): void {
    this.#demand = demand;
    this.#uplink?.setDemand(demand);
  }

  /** See {@link Downlink.setNarrow}; for every downlink to come, too. */
  setNarrow(narrow: boolean): void {
    this.#narrow = narrow;
    this.#downlink?.setNarrow(narrow);
  }

  /** A signalling message about a PeerConnection. */
  handleMessage(message: LinkMessage): void {
    switch (message.type) {
      case 'answer':
        this.#handleAnswer(message.sdp);
        return;
      case 'offer':
        this.#openDownlink(message.sdp, message.negotiation);
        return;
      case 'candidate':
        if (message.pc === 'uplink') this.#uplink?.handleCandidate(message.candidate);
        else this.#downlink?.handleCandidate(message.candidate);
        return;
    }
  }

  /** The network may be another one now: what does not work on it is made anew, and quickly. */
  handleNetworkChange(): void {
    this.#replyPatienceMs = changedPatienceMs;
    this.#uplink?.handleNetworkChange();
    this.#downlink?.handleNetworkChange();
  }

  /** The server refused our offer (`bad-sdp`): asking again would only be refused again. */
  handleRefusal(): void {
    if (this.#answerDue === null) return;
    this.#settleAnswer();
    this.#uplink?.close();
    this.#uplink = null;
    this.#update({ uplink: 'none' });
  }

  /** The signalling is gone; nothing that was asked for will come over it. Media goes on while it can. */
  handleSignallingLost(): void {
    this.#offerDue?.();
    this.#offerDue = null;
    this.#cancelRetry();
    const answerDue = this.#answerDue;
    answerDue?.();
    // Remembered without its deadline: resume() must know that the uplink is half negotiated.
    this.#answerDue = answerDue === null ? null : () => undefined;
  }

  /** Ends both directions. */
  close(): void {
    this.#forgetReplies();
    this.#cancelRetry();
    this.#uplinkFailures = 0;
    this.#downlinkFailures = 0;
    this.#replyPatienceMs = replyPatienceMs;
    this.#uplink?.close();
    this.#uplink = null;
    this.#downlink?.close();
    this.#downlink = null;
    this.#update(noLinks);
  }

  #openUplink(): void {
    this.#cancelRetry();
    this.#uplink?.close();
    this.#uplink = null;
    this.#uplinkWaitsToBeReplaced = false;
    if (this.#tracks.audio === null && this.#tracks.video === null) {
      this.#update({ uplink: 'none' });
      return;
    }
    const peer = this.#platform.createPeer(this.#iceServers);
    const uplink = new Uplink(peer, this.#platform, this.#demand);
    this.#uplink = uplink;
    this.#update({ uplink: 'connecting' });
    uplink.on('state', (state) => {
      if (state === 'connected') {
        this.#uplinkFailures = 0;
        this.#replyPatienceMs = replyPatienceMs;
      }
      this.#update({ uplink: state });
    });
    uplink.on('candidate', (candidate) => {
      this.emit('send', { type: 'candidate', pc: 'uplink', candidate });
    });
    uplink.on('offer', (sdp) => {
      this.#answerDue = this.#platform.after(this.#replyPatienceMs, () => {
        this.#giveUpOnReply();
      });
      this.emit('send', { type: 'offer', pc: 'uplink', sdp });
    });
    uplink.on('short', (uplinkKbps) => {
      this.emit('send', { type: 'network', uplinkKbps });
    });
    uplink.on('broken', () => {
      this.#handleBrokenUplink();
    });
    uplink.setTracks(this.#tracks);
  }

  #handleBrokenUplink(): void {
    if (this.#uplinkFailures === 0) this.#hurry();
    this.#update({ uplink: 'interrupted' });
    if (this.#answerDue !== null) {
      this.#uplinkWaitsToBeReplaced = true;
      return;
    }
    const delay = backoffDelayMs(this.#uplinkFailures, this.#platform.random());
    this.#uplinkFailures += 1;
    this.#cancelRetry = this.#platform.after(delay, () => {
      // The broken one may have offered once more, for a device switched on meanwhile.
      if (this.#answerDue === null) this.#openUplink();
      else this.#uplinkWaitsToBeReplaced = true;
    });
  }

  #handleAnswer(sdp: string): void {
    if (this.#answerDue === null) return;
    this.#settleAnswer();
    if (this.#uplinkWaitsToBeReplaced) this.#openUplink();
    else this.#uplink?.handleAnswer(sdp);
  }

  #openDownlink(sdp: string, negotiation: number): void {
    this.#offerDue?.();
    this.#offerDue = null;
    this.#downlink?.close();
    const peer = this.#platform.createPeer(this.#iceServers);
    const downlink = new Downlink(peer, this.#platform, this.#narrow);
    this.#downlink = downlink;
    this.#update({ downlink: 'connecting' });
    downlink.on('state', (state) => {
      if (state === 'connected') {
        this.#downlinkFailures = 0;
        this.#replyPatienceMs = replyPatienceMs;
      }
      this.#update({ downlink: state });
    });
    downlink.on('candidate', (candidate) => {
      this.emit('send', { type: 'candidate', pc: 'downlink', candidate });
    });
    downlink.on('answer', (answer, echoed) => {
      this.emit('send', { type: 'answer', pc: 'downlink', sdp: answer, negotiation: echoed });
    });
    downlink.on('track', (track) => {
      this.#update(track.kind === 'video' ? { picture: track } : { sound: track });
    });
    downlink.on('broken', () => {
      this.#handleBrokenDownlink();
    });
    downlink.accept(sdp, negotiation);
  }

  #handleBrokenDownlink(): void {
    if (this.#downlinkFailures === 0) this.#hurry();
    this.#update({ downlink: 'interrupted' });
    const delay = backoffDelayMs(this.#downlinkFailures, this.#platform.random());
    this.#downlinkFailures += 1;
    this.#offerDue?.();
    this.#offerDue = this.#platform.after(delay, () => {
      this.#askForDownlink();
    });
  }

  #hurry(): void {
    this.#replyPatienceMs = Math.min(this.#replyPatienceMs, brokenPatienceMs);
  }

  #askForDownlink(): void {
    this.#offerDue?.();
    this.#offerDue = this.#platform.after(this.#replyPatienceMs, () => {
      this.#giveUpOnReply();
    });
    this.emit('send', { type: 'reconnect', pc: 'downlink' });
  }

  #giveUpOnReply(): void {
    // The next socket gets all the time there is: where replies are slow and not lost, one would be given up after the other.
    this.#replyPatienceMs = replyPatienceMs;
    this.emit('stuck');
  }

  #settleAnswer(): void {
    this.#answerDue?.();
    this.#answerDue = null;
  }

  #forgetReplies(): void {
    this.#settleAnswer();
    this.#offerDue?.();
    this.#offerDue = null;
  }

  #update(change: Partial<LinksView>): void {
    this.#view = { ...this.#view, ...change };
    this.emit('changed', this.#view);
  }
}
