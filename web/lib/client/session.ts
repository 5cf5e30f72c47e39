import type { ClientMessageInput } from '../../../mcu/protocol/client.ts';
import type { Participant, QualityCap } from '../../../mcu/protocol/common.ts';
import type { ErrorCode } from '../../../mcu/protocol/errors.ts';
import type { ClosedReason, ServerMessage } from '../../../mcu/protocol/server.ts';
import { backoffDelayMs } from './backoff.ts';
import { Emitter } from './emitter.ts';
import type { LocalMedia } from './local-media.ts';
import { MediaLinks } from './media-links.ts';
import { OutgoingMedia } from './outgoing-media.ts';
import { meterNetwork } from './network-meter.ts';
import type { NetworkReading } from './network-reading.ts';
import type { Platform } from './platform.ts';
import {
  rightsOf,
  viewOf,
  withEarlier,
  withMessage,
  type JoinedMessage,
  type RoomView,
} from './room-view.ts';
import type { ScreenShare } from './screen-share.ts';
import { Signalling } from './signalling.ts';
import { Wishes } from './wishes.ts';

/** Why a stay in a room ended. */
export type SessionEnd =
  | { readonly kind: 'closed'; readonly reason: ClosedReason }
  | { readonly kind: 'refused'; readonly code: ErrorCode }
  | { readonly kind: 'unreachable' };

/** Where a participant stands. Only who is in a room has a view of it. */
export type SessionState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'joining' }
  | { readonly phase: 'live'; readonly view: RoomView }
  | { readonly phase: 'reconnecting'; readonly view: RoomView }
  | { readonly phase: 'closed'; readonly end: SessionEnd };

/** What is wanted: a room to be in, under a name. */
export interface JoinRequest {
  readonly room: string;
  readonly name: string;
  /** A room token, where the server asks for one. */
  readonly token?: string;
}

/** What a session reports. */
export interface SessionEvents {
  state: [state: SessionState];
  /** Somebody else came or went. */
  presence: [event: 'joined' | 'left', participant: Participant];
  reaction: [participantId: string, emoji: string];
  /** Somebody has muted this participant's microphone, which is off by now. Null: who is not here any more. */
  muted: [by: Participant | null];
  /** The server stops, at the latest in so many milliseconds; the call goes on until then. */
  closing: [inMs: number];
  /** The server did not do what was asked; the call goes on. */
  problem: [code: ErrorCode];
}

/** How long a socket may take until `joined`, in milliseconds. */
const joinPatienceMs = 10_000;

/** Refusals that pass: worth another try by somebody who was in the room already. */
const passingRefusals: readonly ErrorCode[] = ['overloaded', 'too-fast', 'internal'];

/**
 * A participant's stay in a room: joins, keeps signalling and media alive, and comes back by itself.
 *
 *     const media = new LocalMedia(browserPlatform);
 *     const session = new RoomSession(browserPlatform, signallingUrl(), media);
 *     session.on('state', (state) => { ... });
 *     session.join({ room: 'kitchen', name: 'Ana' });
 */
export class RoomSession extends Emitter<SessionEvents> {
  readonly #platform: Platform;
  readonly #url: string;
  readonly #devices: LocalMedia;
  readonly #media: OutgoingMedia;
  readonly #links: MediaLinks;
  #state: SessionState = { phase: 'idle' };
  #request: JoinRequest | null = null;
  #signalling: Signalling | null = null;
  #resumeToken: string | null = null;
  #attempts = 0;
  readonly #wishes = new Wishes((message) => {
    this.send(message);
  });
  /** Whether media has come down since the server let us in, or made it anew. */
  #mediaCame = false;
  /** Whether the server takes sound and pictures of this participant. */
  #sends = true;
  #cancelTimer: () => void = () => undefined;
  #endWatches: () => void = () => undefined;

  /**
   * @param url of the signalling WebSocket
   * @param share - the screen that is sent in place of the camera while it is shared
   */
  constructor(platform: Platform, url: string, media: LocalMedia, share?: ScreenShare) {
    super();
    this.#platform = platform;
    this.#url = url;
    this.#devices = media;
    this.#media = new OutgoingMedia(media, share ?? null, platform);
    this.#links = new MediaLinks(platform);
    this.#links.on('changed', (links) => {
      if (links.downlink === 'connected') this.#mediaCame = true;
      if ('view' in this.#state)
        this.#enter({ ...this.#state, view: { ...this.#state.view, links } });
    });
    this.#links.on('send', (message) => {
      this.send(message);
    });
    this.#links.on('stuck', () => {
      if (this.#state.phase === 'live') this.#dropSocket();
    });
    this.#media.on('changed', () => {
      this.#offerMedia();
    });
  }

  /** Where this participant stands now. */
  get state(): SessionState {
    return this.#state;
  }

  /** Joins a room. Nothing while in one already. */
  join(request: JoinRequest): void {
    if (this.#state.phase !== 'idle' && this.#state.phase !== 'closed') return;
    this.#request = request;
    this.#resumeToken = null;
    this.#attempts = 0;
    const watches = [
      this.#platform.onNetworkChange(() => {
        this.#handleNetworkChange();
      }),
      this.#platform.onWake(() => {
        this.#handleWake();
      }),
    ];
    this.#endWatches = () => {
      for (const end of watches) end();
    };
    this.#enter({ phase: 'joining' });
    this.#connect();
  }

  /** Sends any message of the contract; nothing while the socket is gone. */
  send(message: ClientMessageInput): void {
    this.#signalling?.send(message);
  }

  /** The best quality this browser wants to receive. */
  get maxQuality(): QualityCap {
    return this.#wishes.quality;
  }

  /** Sets the best quality this browser wants to receive, for this room and those to come. */
  setQuality(max: QualityCap): void {
    this.#wishes.quality = max;
    this.#tellQuality();
  }

  /** Asks for sound only while `on`, whatever quality is set. */
  holdToSound(on: boolean): void {
    this.#wishes.soundOnly = on;
    this.#tellQuality();
  }

  /** Calls `listener` about every 2 s with how the network is, until the returned function is called. */
  watchNetwork(listener: (reading: NetworkReading) => void): () => void {
    return meterNetwork(this.#platform, () => this.#links.sample(), listener);
  }

  /** Tries at once instead of when the back-off says: the network has just come back. */
  retryNow(): void {
    if (this.#state.phase !== 'reconnecting' || this.#signalling !== null) return;
    this.#attempts = 0;
    this.#connect();
  }

  /** Leaves for good, as the participant wishes. Also ends an attempt to join. */
  leave(): void {
    if (this.#state.phase === 'idle' || this.#state.phase === 'closed') return;
    this.send({ type: 'leave' });
    this.#end({ kind: 'closed', reason: 'left' });
  }

  #handleNetworkChange(): void {
    if (this.#state.phase === 'live') this.#links.handleNetworkChange();
    else this.retryNow();
  }

  /** The network went away while the page slept, and a socket of before may never say so. */
  #handleWake(): void {
    if (this.#state.phase === 'reconnecting') {
      this.#signalling?.close();
      this.#signalling = null;
    }
    this.#handleNetworkChange();
  }

  #connect(): void {
    this.#cancelTimer();
    const signalling = new Signalling(this.#platform.createSocket(this.#url));
    this.#signalling = signalling;
    this.#cancelTimer = this.#platform.after(joinPatienceMs, () => {
      this.#dropSocket();
    });
    signalling.on('open', () => {
      this.#sendJoin();
    });
    signalling.on('message', (message) => {
      // A socket that was given up may still have had something to say.
      if (this.#signalling === signalling) this.#handleMessage(message);
    });
    signalling.on('lost', () => {
      if (this.#signalling === signalling) this.#dropSocket();
    });
  }

  #sendJoin(): void {
    if (this.#request === null) return;
    const { room, name, token } = this.#request;
    const { sent } = this.#media;
    const { audio, video } = sent;
    this.#wishes.joining(sent);
    this.send({
      type: 'join',
      protocol: 1,
      room,
      name,
      media: { audio, video },
      ...(token === undefined ? {} : { token }),
      ...(this.#resumeToken === null ? {} : { resume: this.#resumeToken }),
    });
  }

  #handleMessage(message: ServerMessage): void {
    switch (message.type) {
      case 'joined':
        this.#handleJoined(message);
        return;
      case 'error':
        this.#handleError(message.code, message.fatal);
        return;
      case 'closed':
        if (this.#mayReturn(message.reason)) this.#dropSocket();
        else this.#end({ kind: 'closed', reason: message.reason });
        return;
      default:
        if (this.#state.phase === 'live') this.#handleLive(message, this.#state.view);
    }
  }

  /** What may come only while in a room. */
  #handleLive(message: ServerMessage, view: RoomView): void {
    switch (message.type) {
      case 'offer':
      case 'answer':
      case 'candidate':
        this.#links.handleMessage(message);
        return;
      case 'reset':
        this.#mediaCame = false;
        this.#links.reset();
        return;
      case 'uplink':
        this.#links.setDemand(message);
        return;
      case 'quality':
        this.#links.setNarrow(message.reason === 'bandwidth' || message.reason === 'loss');
        this.#show(withMessage(view, message));
        return;
      case 'closing':
        this.emit('closing', message.inMs);
        return;
      case 'muted':
        void this.#devices.setMicrophone(false);
        this.emit('muted', view.participants.find(({ id }) => id === message.by) ?? null);
        return;
      case 'reaction':
        this.emit('reaction', message.participantId, message.emoji);
        return;
      default: {
        const next = withMessage(view, message);
        if (next !== view) this.#show(next);
        if (message.type !== 'participant' || message.event === 'changed') return;
        if (message.participant.id !== view.selfId) {
          this.emit('presence', message.event, message.participant);
        }
      }
    }
  }

  #handleJoined(message: JoinedMessage): void {
    const before = this.#state;
    if (before.phase !== 'joining' && before.phase !== 'reconnecting') return;
    const resumed = message.resumed === true && before.phase === 'reconnecting';
    this.#cancelTimer();
    this.#attempts = 0;
    this.#resumeToken = message.resumeToken;
    const self = message.participants.find(({ id }) => id === message.participantId);
    this.#wishes.joined(resumed, self?.source === 'screen');
    this.#mediaCame = resumed && this.#links.view.downlink === 'connected';
    const view = { ...viewOf(message), links: this.#links.view };
    this.#enter({
      phase: 'live',
      view: before.phase === 'joining' ? view : withEarlier(view, before.view, resumed),
    });
    this.#sends = rightsOf(message).includes('send');
    this.#links.setTracks(this.#sends ? this.#media.tracks : { audio: null, video: null });
    if (resumed) this.#links.resume(message.iceServers);
    else this.#links.restart(message.iceServers);
    if (this.#sends) this.#tellMedia();
    if (before.phase === 'reconnecting' && !resumed) this.#raiseAgain(before.view);
    this.#tellQuality();
  }

  /** A server that has forgotten the stay has forgotten the hand. */
  #raiseAgain({ participants, selfId }: RoomView): void {
    const raised = participants.some(({ id, hand }) => hand && id === selfId);
    if (raised) this.send({ type: 'hand', raised });
  }

  /**
   * Whether a stay that the server ended may go on by itself: it restarts, or we were silent (asleep, without a network).
   * Who was silent from the start would only be so again.
   */
  #mayReturn(reason: ClosedReason): boolean {
    if (this.#state.phase !== 'live' && this.#state.phase !== 'reconnecting') return false;
    return reason === 'shutdown' || (reason === 'timeout' && this.#mediaCame);
  }

  #handleError(code: ErrorCode, fatal: boolean): void {
    const { phase } = this.#state;
    if (phase === 'reconnecting' && passingRefusals.includes(code)) {
      this.#dropSocket();
    } else if (fatal || phase !== 'live') {
      this.#end({ kind: 'refused', code });
    } else {
      if (code === 'bad-sdp') this.#links.handleRefusal();
      this.emit('problem', code);
    }
  }

  /** The socket is lost, or given up: who was in the room tries again, who was not is told. */
  #dropSocket(): void {
    this.#cancelTimer();
    this.#signalling?.close();
    this.#signalling = null;
    if (this.#state.phase === 'live' || this.#state.phase === 'reconnecting') {
      this.#links.handleSignallingLost();
      this.#enter({ phase: 'reconnecting', view: this.#state.view });
      const delay = backoffDelayMs(this.#attempts, this.#platform.random());
      this.#attempts += 1;
      this.#cancelTimer = this.#platform.after(delay, () => {
        this.#connect();
      });
    } else if (this.#state.phase === 'joining') {
      this.#end({ kind: 'unreachable' });
    }
  }

  #tellQuality(): void {
    if (this.#state.phase === 'live') this.#wishes.tellQuality();
  }

  #offerMedia(): void {
    if (!this.#sends) return;
    this.#links.setTracks(this.#media.tracks);
    this.#tellMedia();
  }

  #tellMedia(): void {
    if (this.#state.phase === 'live') this.#wishes.tellMedia(this.#media.sent);
  }

  #end(end: SessionEnd): void {
    this.#cancelTimer();
    this.#endWatches();
    this.#signalling?.close();
    this.#signalling = null;
    this.#resumeToken = null;
    this.#request = null;
    // Closed first, so that the links' last changes are nobody's news.
    this.#enter({ phase: 'closed', end });
    this.#links.close();
  }

  #show(view: RoomView): void {
    this.#enter({ phase: 'live', view });
  }

  #enter(state: SessionState): void {
    this.#state = state;
    this.emit('state', state);
  }
}
