import type { Attachment } from 'svelte/attachments';

/** The other places where the picture can be seen: the full screen, and a small window above all others. */
export class PictureViews {
  #frame: HTMLElement | null = null;
  #video: HTMLVideoElement | null = null;
  #isFullScreen = $state(false);
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
    const follow = (): void => {
      this.#isFullScreen = document.fullscreenElement === frame;
    };
    document.addEventListener('fullscreenchange', follow);
    return () => {
      document.removeEventListener('fullscreenchange', follow);
      this.#frame = null;
      this.#isFullScreen = false;
    };
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
    const change = this.#isFullScreen
      ? document.exitFullscreen()
      : this.#frame?.requestFullscreen({ navigationUI: 'hide' });
    change?.catch(ignore);
  }

  /** Ends the full screen, and waits until the page around the picture is seen, and can have the focus, again. */
  async leaveFullScreen(): Promise<void> {
    if (!this.#isFullScreen) return;
    const left = new Promise<Event>((resolve) => {
      document.addEventListener('fullscreenchange', resolve, { once: true });
    });
    try {
      await document.exitFullscreen();
      await left;
    } catch {
      // It has ended by itself meanwhile.
    }
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
  // It was not by a person's hand, or there is no picture yet.
}
