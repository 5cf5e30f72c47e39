import type { TrackLike } from '../client/index.ts';

/** What {@link Interruptions} takes from the browser. */
export interface InterruptionsPlatform {
  isHidden(): boolean;
  /** Calls `listener` when the page is hidden or shown, until the returned function is called. */
  onVisibility(listener: () => void): () => void;
}

/**
 * Has the microphone back after a phone call, an alarm or another app had it. iOS says `mute` of its track then, and `unmute`
 * after it, or never; either way the track may stay silent, whatever it says of itself (WebKit bugs 208516 and 213853). Only
 * asking for the microphone once more helps, and only while the page is seen.
 */
export class Interruptions {
  readonly #platform: InterruptionsPlatform;
  readonly #renew: () => Promise<boolean>;
  readonly #endWatch: () => void;
  #track: TrackLike | null = null;
  #isInterrupted = false;
  #isAsking = false;

  /** @param renew - asks for the microphone in use once more; false: it could not be had yet */
  constructor(platform: InterruptionsPlatform, renew: () => Promise<boolean>) {
    this.#platform = platform;
    this.#renew = renew;
    this.#endWatch = platform.onVisibility(() => void this.#recover());
  }

  /** Which track of the microphone counts from now on; null while there is none. */
  watch(track: TrackLike | null): void {
    if (track === this.#track) return;
    this.#track = track;
    this.#isInterrupted = false;
    track?.addEventListener('mute', () => {
      if (this.#track === track) this.#isInterrupted = true;
    });
    track?.addEventListener('unmute', () => {
      if (this.#track === track) void this.#recover();
    });
  }

  /** Ends it; may be called twice. */
  close(): void {
    this.#endWatch();
    this.#track = null;
    this.#isInterrupted = false;
  }

  async #recover(): Promise<void> {
    if (!this.#isInterrupted || this.#isAsking || this.#platform.isHidden()) return;
    this.#isAsking = true;
    const had = await this.#renew();
    this.#isAsking = false;
    if (had) this.#isInterrupted = false;
  }
}
