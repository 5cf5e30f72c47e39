/** What {@link Background} takes from the browser. */
export interface BackgroundPlatform {
  isHidden(): boolean;
  /** Whether the picture is still to be seen, in a window of its own. */
  isInPicture(): boolean;
  /** Calls `listener` when the page is hidden or shown, until the returned function is called. */
  onVisibility(listener: () => void): () => void;
}

/** What of the call goes to the background and comes back. */
export interface BackgroundCall {
  /** Whether the camera is on. */
  isSeen(): boolean;
  setCamera(on: boolean): void;
  /** Only sound is wanted for now, whatever quality was chosen. */
  holdToSound(on: boolean): void;
}

/**
 * Lets a phone's call go on as sound only while something else is on the screen: no picture is sent for, and none sent. For
 * phones only: on a laptop people look at another window while they are seen.
 */
export class Background {
  readonly #platform: BackgroundPlatform;
  readonly #call: BackgroundCall;
  readonly #endWatch: () => void;
  #state: 'front' | { readonly wasSeen: boolean } = 'front';

  constructor(platform: BackgroundPlatform, call: BackgroundCall) {
    this.#platform = platform;
    this.#call = call;
    this.#endWatch = platform.onVisibility(() => {
      this.#follow();
    });
  }

  /** Ends it, and brings back what was put away; may be called twice. */
  close(): void {
    this.#endWatch();
    this.#comeBack();
  }

  #follow(): void {
    if (!this.#platform.isHidden()) this.#comeBack();
    else if (this.#state === 'front' && !this.#platform.isInPicture()) {
      this.#state = { wasSeen: this.#call.isSeen() };
      this.#call.holdToSound(true);
      if (this.#state.wasSeen) this.#call.setCamera(false);
    }
  }

  #comeBack(): void {
    if (this.#state === 'front') return;
    const { wasSeen } = this.#state;
    this.#state = 'front';
    this.#call.holdToSound(false);
    if (wasSeen) this.#call.setCamera(true);
  }
}
