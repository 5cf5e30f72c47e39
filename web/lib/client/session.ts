import type { ClientMessageInput } from '../../../mcu/protocol/client.ts';
import type { QualityCap } from '../../../mcu/protocol/common.ts';
import type { ErrorCode } from '../../../mcu/protocol/errors.ts';
import type { ClosedReason, ServerMessage } from '../../../mcu/protocol/server.ts';
import { Emitter } from './emitter.ts';
import type { LocalMedia } from './local-media.ts';
import { MediaLinks } from './media-links.ts';
import { OutgoingMedia } from './outgoing-media.ts';
import { meterNetwork } from './network-meter.ts';
import type { NetworkReading } from './network-reading.ts';
import type { Platform } from './platform.ts';
import { ReliableSender } from './reliable-sender.ts';
import { RoomConnection } from './room-connection.ts';
import {
  rightsOf,
  viewOf,
  withEarlier,
  withMessage,
  withOwnHand,
  type JoinedMessage,
  type RoomView,
} from './room-view.ts';
import type { ScreenShare } from './screen-share.ts';
import type { JoinRequest, SessionEnd, SessionEvents, SessionState } from './session-state.ts';

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
  readonly #devices: LocalMedia;
  readonly #media: OutgoingMedia;
  readonly #links: MediaLinks;
  readonly #connection: RoomConnection;
  readonly #sender: ReliableSender;
  #state: SessionState = { phase: 'idle' };
  /** Whether media has come down since the server let us in, or made it anew. */
  #mediaCame = false;
  /** Whether the server takes sound and pictures of this participant. */
  #sends = true;
  #endWatches: () => void = () => undefined;

  /**
   * @param url of the signalling WebSocket
   * @param share - the screen that is sent in place of the camera while it is shared
   */
  constructor(platform: Platform, url: string, media: LocalMedia, share?: ScreenShare) {
    super();
    this.#platform = platform;
    this.#devices = media;
    this.#media = new OutgoingMedia(media, share ?? null, platform);
    this.#links = new MediaLinks(platform);
    this.#connection = new RoomConnection({
      platform,
      url,
      joining: () => {
        const { sent } = this.#media;
        this.#sender.wishes.joining(sent);
        return sent;
      },
      message: (message) => {
        this.#handleMessage(message);
      },
      lost: () => {
        this.#handleLost();
      },
    });
    const transmit = (message: ClientMessageInput): void => {
      this.#connection.send(message);
    };
    const giveUp = (): void => {
      if (this.#state.phase === 'live') this.#connection.drop();
    };
    this.#sender = new ReliableSender({
      platform,
      send: transmit,
      changed: () => {
        this.#change((view) => ({ ...view, outbox: this.#sender.outbox.entries }));
      },
      stuck: giveUp,
    });
    this.#links.on('changed', (links) => {
      if (links.downlink === 'connected') this.#mediaCame = true;
      this.#change((view) => ({ ...view, links }));
    });
    this.#links.on('send', transmit);
    this.#links.on('stuck', giveUp);
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
    this.#sender.wishes.begin();
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
    this.#connection.join(request);
    this.#enter({ phase: 'joining' });
  }

  /**
   * Sends any message of the contract. What breaks off with the connection is sent again over the next one: `chat` until the
   * server has passed it on ({@link RoomView.outbox}), `hand` as it was wanted last, `layout`, `record` and `moderate` where
   * the stay is resumed and it was not done. Others go nowhere while the socket is gone, as do all while in no room.
   */
  send(message: ClientMessageInput): void {
    if (!('view' in this.#state)) return;
    const { phase, view } = this.#state;
    this.#sender.send(message, view);
    // With nobody to say so, a hand is as one wishes.
    if (message.type === 'hand' && phase === 'reconnecting') {
      this.#change((before) => withOwnHand(before, message.raised));
    }
  }

  /** Sends a message of {@link RoomView.outbox} again that failed. */
  retryChat(ref: string): void {
    this.#sender.outbox.retry(ref);
  }

  /** Gives a message of {@link RoomView.outbox} up. */
  discardChat(ref: string): void {
    this.#sender.outbox.discard(ref);
  }

  /** The best quality this browser wants to receive. */
  get maxQuality(): QualityCap {
    return this.#sender.wishes.quality;
  }

  /** Sets the best quality this browser wants to receive, for this room and those to come. */
  setQuality(max: QualityCap): void {
    this.#sender.wishes.quality = max;
    this.#tellQuality();
  }

  /** Asks for sound only while `on`, whatever quality is set. */
  holdToSound(on: boolean): void {
    this.#sender.wishes.soundOnly = on;
    this.#tellQuality();
  }

  /** Calls `listener` about every 2 s with how the network is, until the returned function is called. */
  watchNetwork(listener: (reading: NetworkReading) => void): () => void {
    return meterNetwork(this.#platform, () => this.#links.sample(), listener);
  }

  /** Tries at once instead of when the back-off says: the network has just come back. */
  retryNow(): void {
    if (this.#state.phase === 'reconnecting') this.#connection.retryNow();
  }

  /** Leaves for good, as the participant wishes. Also ends an attempt to join. */
  leave(): void {
    if (this.#state.phase === 'idle' || this.#state.phase === 'closed') return;
    this.#connection.send({ type: 'leave' });
    this.#end({ kind: 'closed', reason: 'left' });
  }

  #handleNetworkChange(): void {
    if (this.#state.phase === 'live') this.#links.handleNetworkChange();
    else this.retryNow();
  }

  /** The network went away while the page slept, and a socket of before may never say so. */
  #handleWake(): void {
    if (this.#state.phase === 'reconnecting') this.#connection.hangUp();
    this.#handleNetworkChange();
  }

  #handleMessage(message: ServerMessage): void {
    switch (message.type) {
      case 'joined':
        this.#handleJoined(message);
        return;
      case 'error':
        this.#handleError(message);
        return;
      case 'closed':
        if (this.#mayReturn(message.reason)) this.#connection.drop();
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
        this.#sender.follow(message, next);
        if (message.type !== 'participant' || message.event === 'changed') return;
        const { event, participant } = message;
        if (participant.id !== view.selfId) this.emit('presence', event, participant);
      }
    }
  }

  #handleJoined(message: JoinedMessage): void {
    const before = this.#state;
    if (before.phase !== 'joining' && before.phase !== 'reconnecting') return;
    const resumed = message.resumed === true && before.phase === 'reconnecting';
    this.#connection.joined(message.resumeToken);
    this.#mediaCame = resumed && this.#links.view.downlink === 'connected';
    const fresh = {
      ...viewOf(message),
      links: this.#links.view,
      outbox: this.#sender.outbox.entries,
    };
    const view = before.phase === 'joining' ? fresh : withEarlier(fresh, before.view, resumed);
    this.#enter({ phase: 'live', view });
    this.#sends = rightsOf(message).includes('send');
    this.#links.setTracks(this.#sends ? this.#media.tracks : { audio: null, video: null });
    if (resumed) this.#links.resume(message.iceServers);
    else this.#links.restart(message.iceServers);
    this.#sender.open({ message, view, resumed, sent: this.#sends ? this.#media.sent : null });
  }

  /**
   * Whether a stay that the server ended may go on by itself: it restarts, or we were silent (asleep, without a network).
   * Who was silent from the start would only be so again.
   */
  #mayReturn(reason: ClosedReason): boolean {
    if (this.#state.phase !== 'live' && this.#state.phase !== 'reconnecting') return false;
    return reason === 'shutdown' || (reason === 'timeout' && this.#mediaCame);
  }

  #handleError({ code, fatal, ref }: Extract<ServerMessage, { type: 'error' }>): void {
    const { phase } = this.#state;
    if (phase === 'reconnecting' && passingRefusals.includes(code)) {
      this.#connection.drop();
    } else if (fatal || phase !== 'live') {
      this.#end({ kind: 'refused', code });
    } else {
      if (code === 'bad-sdp') this.#links.handleRefusal();
      this.#sender.refused(ref);
      this.emit('problem', code);
    }
  }

  /** The socket is lost, or given up: who was in the room tries again, who was not is told. */
  #handleLost(): void {
    this.#sender.lost();
    if (this.#state.phase === 'live' || this.#state.phase === 'reconnecting') {
      this.#links.handleSignallingLost();
      this.#enter({ phase: 'reconnecting', view: this.#state.view });
      this.#connection.retryLater();
    } else if (this.#state.phase === 'joining') {
      this.#end({ kind: 'unreachable' });
    }
  }

  #tellQuality(): void {
    if (this.#state.phase === 'live') this.#sender.wishes.tellQuality();
  }

  #offerMedia(): void {
    if (!this.#sends) return;
    this.#links.setTracks(this.#media.tracks);
    if (this.#state.phase === 'live') this.#sender.wishes.tellMedia(this.#media.sent);
  }

  #end(end: SessionEnd): void {
    this.#endWatches();
    this.#sender.clear();
    this.#connection.close();
    // Closed first, so that the links' last changes are nobody's news.
    this.#enter({ phase: 'closed', end });
    this.#links.close();
  }

  /** Another view of the same state; nothing while in no room. */
  #change(change: (view: RoomView) => RoomView): void {
    if ('view' in this.#state) this.#enter({ ...this.#state, view: change(this.#state.view) });
  }

  #show(view: RoomView): void {
    this.#enter({ phase: 'live', view });
  }

  #enter(state: SessionState): void {
    this.#state = state;
    this.emit('state', state);
  }
}
