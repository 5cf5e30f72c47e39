import type { Attachment } from 'svelte/attachments';

/** The other places where the picture can be seen: the full screen, and a small window above all others. */
export class PictureViews {
  #frame: HTMLElement | null = null;
  #video: HTMLVideoElement | null = null;
  #isFullScreen = $state(false);
  /** Settles when the full screen that was asked for is there, or refused. */
  #entering: Promise<void> | null = null;
  #isSmallWindow = $state(false);
  #hasPicture = $state(false);

  /** Whether this browser shows anything on the full screen; iPhones show only their own player there. */
  readonly canFullScreen = document.fullscreenEnabled;
  /** Whether this browser has a small window for a video that a page may open. */
  readonly hasSmallWindow =
    document.pictureInPictureEnabled && 'requestPictureInPicture' in HTMLVideoElement.prototype;

  /** Whether there is a picture that can be shown in a small window. */
  get canSmallWindow(): boolean {
    return this.hasSmallWindow && this.#hasPicture;
  }

  /** Whether the picture fills the screen. */
  get isFullScreen(): boolean {
    return this.#isFullScreen;
  }

  /** Whether the picture is in a window of its own. */
  get isSmallWindow(): boolean {
    return this.#isSmallWindow;
  }

  /** Attached to what is to fill the screen. */
  readonly frame: Attachment<HTMLElement> = (frame) => {
    this.#frame = frame;
    document.addEventListener('fullscreenchange', this.#followFullScreen);
    return () => {
      document.removeEventListener('fullscreenchange', this.#followFullScreen);
      this.#frame = null;
      this.#isFullScreen = false;
    };
  };

  /** Chromium says `fullscreenchange` a picture or two after it has changed. */
  readonly #followFullScreen = (): void => {
    this.#isFullScreen = this.#frame !== null && document.fullscreenElement === this.#frame;
  };

  /** Attached to the video of the picture. */
  readonly video: Attachment<HTMLVideoElement> = (video) => {
    this.#video = video;
    const follow = (): void => {
      this.#isSmallWindow = document.pictureInPictureElement === video;
      this.#hasPicture = video.readyState >= HTMLMediaElement.HAVE_METADATA;
    };
    const events = [
      'enterpictureinpicture',
      'leavepictureinpicture',
      'loadedmetadata',
      'emptied',
    ] as const;
    for (const event of events) video.addEventListener(event, follow);
    return () => {
      for (const event of events) video.removeEventListener(event, follow);
      this.#video = null;
      this.#isSmallWindow = false;
      this.#hasPicture = false;
    };
  };

  /** Fills the screen with the picture, or stops that. Where the browser does not let it, nothing changes. */
  toggleFullScreen(): void {
    if (this.#entering !== null || this.#isFullScreen) void this.leaveFullScreen();
    else if (this.canFullScreen) void this.#enterFullScreen();
  }

  async #enterFullScreen(): Promise<void> {
    this.#entering = this.#frame?.requestFullscreen({ navigationUI: 'hide' }).catch(ignore) ?? null;
    await this.#entering;
    this.#entering = null;
    this.#followFullScreen();
  }

  /**
   * Ends the full screen, and waits until the page around the picture is seen, and can have the focus, again.
   * Browsers refuse to leave a full screen that they have not come to yet: it waits for that, too.
   */
  async leaveFullScreen(): Promise<void> {
    await this.#entering;
    if (document.fullscreenElement === null) return;
    await document.exitFullscreen().catch(ignore);
    this.#followFullScreen();
  }

  /** Shows the picture in a small window, or closes that. Nothing before there is a picture. */
  toggleSmallWindow(): void {
    const change = this.#isSmallWindow
      ? document.exitPictureInPicture()
      : this.#video?.requestPictureInPicture();
    change?.catch(ignore);
  }
}

function ignore(): void {
  // It was not by a person's hand, there is no picture yet, or it has ended by itself.
}
