import type { ClientMessageInput } from '../../../mcu/protocol/client.ts';
import type { Participant, QualityCap } from '../../../mcu/protocol/common.ts';
import type { Sent } from './outgoing-media.ts';

/**
 * What the server has to be told of this participant time and again: what is sent, which quality is wanted, and whether the
 * hand is raised. Each is said when the server does not know it yet; whatever was said before a connection broke may not have
 * been heard.
 */
export class Wishes {
  readonly #send: (message: ClientMessageInput) => void;
  /** The best quality wanted; the server forgets it with the stay, so it is told again after each join. */
  #quality: QualityCap = 'auto';
  /** What the server knows of it; null where that is not certain. */
  #toldQuality: QualityCap | null = 'auto';
  /** Whether the hand is to be raised; null where this page never said. */
  #hand: { readonly raised: boolean; readonly isHeard: boolean } | null = null;
  /** Whether it was told anything in this stay. */
  #hasChosen = false;
  /** Nobody looks at the page: sound is enough for now. */
  #soundOnly = false;
  /** What the server knows of what is sent; null where it has to be told anyway. */
  #toldMedia: Sent | null = null;

  /** @param send - sends a message; called by the methods that tell something only */
  constructor(send: (message: ClientMessageInput) => void) {
    this.#send = send;
  }

  /** The best quality this browser wants to receive. */
  get quality(): QualityCap {
    return this.#quality;
  }

  set quality(max: QualityCap) {
    this.#quality = max;
  }

  /** Whether sound only is wanted, whatever quality is set. */
  set soundOnly(on: boolean) {
    this.#soundOnly = on;
  }

  /** `join` says what is sent, but not that it is a screen. */
  joining(sent: Sent): void {
    this.#toldMedia = sent.source === 'camera' ? sent : null;
  }

  /**
   * The server has let this participant in.
   * @param resumed - whether it still knew them: then it keeps what it was told, as far as that reached it
   * @param self - as the server sees them
   */
  joined(resumed: boolean, self: Pick<Participant, 'source' | 'hand'> | undefined): void {
    // What it takes for a screen may have ended meanwhile.
    if (self?.source === 'screen') this.#toldMedia = null;
    if (!resumed) this.#toldQuality = 'auto';
    else if (this.#hasChosen) this.#toldQuality = null;
    const hand = this.#hand;
    if (hand === null || self === undefined || hand.raised === self.hand) return;
    // A server that has forgotten the stay has forgotten the hand; one that has not may have lowered it.
    if (resumed && hand.isHeard) this.#hand = { raised: self.hand, isHeard: true };
    else this.#send({ type: 'hand', raised: hand.raised });
  }

  /** A stay in a room begins: of the one before nothing is wanted any more. */
  begin(): void {
    this.#hand = null;
    this.#toldQuality = 'auto';
    this.#hasChosen = false;
  }

  /** Raises the hand, or lowers it. */
  raiseHand(raised: boolean): void {
    this.#hand = { raised, isHeard: false };
    this.#send({ type: 'hand', raised });
  }

  /** What the server says of this participant's hand. */
  followHand(raised: boolean): void {
    const waits = this.#hand !== null && !this.#hand.isHeard && this.#hand.raised !== raised;
    if (!waits) this.#hand = { raised, isHeard: true };
  }

  /** Says which quality is wanted. */
  tellQuality(): void {
    const max = this.#soundOnly ? 'audio' : this.#quality;
    if (max === this.#toldQuality) return;
    this.#toldQuality = max;
    this.#hasChosen = true;
    this.#send({ type: 'quality', max });
  }

  /** Says what is sent. */
  tellMedia(sent: Sent): void {
    const told = this.#toldMedia;
    this.#toldMedia = sent;
    if (told !== null && JSON.stringify(told) === JSON.stringify(sent)) return;
    const { shareAudio, ...media } = sent;
    this.#send({ type: 'media', ...media, ...(shareAudio && { shareAudio }) });
  }
}
