import { Emitter } from './emitter.ts';
import type { Platform, StreamLike, TrackLike } from './platform.ts';

/** What of this participant's screen is shared. `audio`: the sound of the tab or the system, where that was given. */
export type ShareState =
  | { readonly status: 'off' | 'asking' }
  | { readonly status: 'on'; readonly video: TrackLike; readonly audio: TrackLike | null };

/** What a screen share reports. */
export interface ShareEvents {
  changed: [state: ShareState];
  /** The screen could not be had, though nobody has refused it. */
  failed: [];
}

/** A screen, window or tab that this participant shares: from being chosen until they, or their browser's own bar, end it. */
export class ScreenShare extends Emitter<ShareEvents> {
  readonly #platform: Pick<Platform, 'canShareScreen' | 'getDisplayMedia'>;
  #state: ShareState = { status: 'off' };
  /** Grows with every end, so that what was asked for earlier and comes later is let go. */
  #generation = 0;

  constructor(platform: Pick<Platform, 'canShareScreen' | 'getDisplayMedia'>) {
    super();
    this.#platform = platform;
  }

  /** What is shared now. */
  get state(): ShareState {
    return this.#state;
  }

  /** Whether this browser can share a screen at all; those of phones cannot. */
  get isPossible(): boolean {
    return this.#platform.canShareScreen();
  }

  /** Lets the person choose what to share. Nothing happens where they choose nothing. Call it from a click. */
  async start(): Promise<void> {
    if (this.#state.status !== 'off' || !this.isPossible) return;
    this.#update({ status: 'asking' });
    const generation = this.#generation;
    let stream: StreamLike | null = null;
    try {
      stream = await this.#platform.getDisplayMedia();
    } catch (error) {
      if (generation === this.#generation) this.#update({ status: 'off' });
      if (!isRefusal(error)) this.emit('failed');
    }
    if (stream === null) return;
    if (generation === this.#generation) this.#begin(stream);
    else for (const track of stream.getTracks()) track.stop();
  }

  /** Ends it. */
  stop(): void {
    if (this.#state.status === 'off') return;
    this.#generation += 1;
    if (this.#state.status === 'on') {
      this.#state.video.stop();
      this.#state.audio?.stop();
    }
    this.#update({ status: 'off' });
  }

  #begin(stream: StreamLike): void {
    const of = (kind: string): TrackLike | undefined =>
      stream.getTracks().find((track) => track.kind === kind && track.readyState === 'live');
    const video = of('video');
    const audio = of('audio') ?? null;
    if (video === undefined) {
      audio?.stop();
      this.#update({ status: 'off' });
      return;
    }
    // To be read: its size matters more than its motion.
    video.contentHint = 'detail';
    if (audio !== null) audio.contentHint = 'music';
    video.addEventListener('ended', () => {
      if (this.#state.status === 'on' && this.#state.video === video) this.stop();
    });
    audio?.addEventListener('ended', () => {
      if (this.#state.status !== 'on' || this.#state.audio !== audio) return;
      this.#update({ status: 'on', video, audio: null });
    });
    this.#update({ status: 'on', video, audio });
  }

  #update(state: ShareState): void {
    this.#state = state;
    this.emit('changed', state);
  }
}

/** The person, or a rule of their machine, did not want it (Screen Capture, section 5.1): that is no error. */
function isRefusal(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('name' in error)) return false;
  return error.name === 'NotAllowedError' || error.name === 'AbortError';
}
