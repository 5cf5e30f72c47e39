import type { Attachment } from 'svelte/attachments';

/** The other places where the picture can be seen: the full screen, and a small window above all others. */
export class PictureViews {
  #frame: HTMLElement | null = null;
  #video: HTMLVideoElement | null = null;
  #isFullScreen = $state(false);
  #isSmallWindow = $state(false);

  /** Whether this browser shows anything on the full screen; iPhones show only their own player there. */
  readonly canFullScreen = document.fullscreenEnabled;
  /** Whether this browser has a small window for a video that a page may open. */
  readonly canSmallWindow =
    document.pictureInPictureEnabled && 'requestPictureInPicture' in HTMLVideoElement.prototype;

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
    };
    video.addEventListener('enterpictureinpicture', follow);
    video.addEventListener('leavepictureinpicture', follow);
    return () => {
      video.removeEventListener('enterpictureinpicture', follow);
      video.removeEventListener('leavepictureinpicture', follow);
      this.#video = null;
      this.#isSmallWindow = false;
    };
  };

  /** Fills the screen with the picture, or stops that. Where the browser does not let it, nothing changes. */
  toggleFullScreen(): void {
    const change = this.#isFullScreen
      ? document.exitFullscreen()
      : this.#frame?.requestFullscreen({ navigationUI: 'hide' });
    change?.catch(ignore);
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
