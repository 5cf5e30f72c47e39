/** A size in pixels. */
interface Sized {
  readonly width: number;
  readonly height: number;
}

/** What a {@link PictureGate} needs. */
export interface PictureGateContext<Picture extends Sized> {
  /** The largest picture, in pixels, and 60 of those in a second. */
  readonly mostPixels: number;
  /** Begins to listen: from then on each picture is copied to be handed over. @returns ends it */
  readonly listen: (take: (picture: Picture) => void) => () => void;
  /** Runs something later, unless the returned function is called before. */
  readonly after: (ms: number, action: () => void) => () => void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** A picture within the budget. */
  readonly take: (picture: Picture) => void;
  /** A picture is larger than allowed; it is dropped. */
  readonly tooLarge: () => void;
}

/** Pictures of a second. */
const mostInASecond = 60;
/** After one that is too much nobody listens for so long. */
const deafMs = 1000;

/**
 * Lets pictures through that are within the budget. A native sink copies every picture of its track before anybody can look at it; so
 * after one that is too much the sink is taken away for a second, and the ones until then are not copied.
 */
export class PictureGate<Picture extends Sized> {
  readonly #context: PictureGateContext<Picture>;
  #stop: () => void = () => undefined;
  #sinceMs: number;
  #pixels = 0;
  #closed = false;

  constructor(context: PictureGateContext<Picture>) {
    this.#context = context;
    this.#sinceMs = context.now();
    this.#listen();
  }

  /** Ends it; may be called twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stop();
  }

  #listen(): void {
    this.#stop = this.#context.listen((picture) => {
      if (!this.#closed) this.#look(picture);
    });
  }

  #look(picture: Picture): void {
    const { mostPixels, now, take, tooLarge } = this.#context;
    const nowMs = now();
    if (nowMs - this.#sinceMs >= 1000) {
      this.#sinceMs = nowMs;
      this.#pixels = 0;
    }
    const pixels = picture.width * picture.height;
    this.#pixels += pixels;
    if (pixels > mostPixels) tooLarge();
    else if (this.#pixels <= mostPixels * mostInASecond) {
      take(picture);
      return;
    }
    this.#stop();
    this.#stop = this.#context.after(deafMs, () => {
      this.#listen();
    });
  }
}
