import type { ClientMessageInput } from '../../../mcu/protocol/client.ts';
import type { QualityCap } from '../../../mcu/protocol/common.ts';
import type { Sent } from './outgoing-media.ts';

/**
 * What the server has to be told of this participant time and again: what is sent, and which quality is wanted. Each is said
 * when the server does not know it yet.
 */
export class Wishes {
  readonly #send: (message: ClientMessageInput) => void;
  /** The best quality wanted; the server forgets it with the stay, so it is told again after each join. */
  #quality: QualityCap = 'auto';
  /** What the server knows of it. */
  #toldQuality: QualityCap = 'auto';
  /** Nobody looks at the page: sound is enough for now. */
  #soundOnly = false;
  /** What the server knows of what is sent; null where it has to be told anyway. */
  #toldMedia: Sent | null = null;

  /** @param send - sends a message; called by {@link tellQuality} and {@link tellMedia} only */
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
   * @param resumed - whether it still knew them: then it keeps what it was told
   * @param showsScreen - whether it takes what is sent for a screen, which may have ended meanwhile
   */
  joined(resumed: boolean, showsScreen: boolean): void {
    if (showsScreen) this.#toldMedia = null;
    if (!resumed) this.#toldQuality = 'auto';
  }

  /** Says which quality is wanted. */
  tellQuality(): void {
    const max = this.#soundOnly ? 'audio' : this.#quality;
    if (max === this.#toldQuality) return;
    this.#toldQuality = max;
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
