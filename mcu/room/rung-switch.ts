import type { VideoRungName } from '../../mixer/encode/index.ts';
import type { VideoCodec, VideoFeed, VideoSubscription, Viewer } from './feeds.ts';

/**
 * The least time between two pictures, in milliseconds. Those that are replayed at a switch are of a time that was shown
 * already: they are dated behind what was, a second of them within a tick.
 */
const leastStepMs = 0.5;

/** One receiver's tie to one rung. */
interface Tie {
  readonly rung: VideoRungName;
  /** Undefined within the call that makes it. */
  subscription: VideoSubscription | undefined;
}

/**
 * The pictures of one receiver, from one rung at a time. To change it, the other rung is watched too; with its first
 * keyframe it takes over, and until then the old one goes on. Dates of pictures always increase.
 */
export class RungSwitch {
  readonly #feed: VideoFeed;
  readonly #codec: VideoCodec;
  readonly #show: Viewer;
  #playing: Tie | undefined;
  #waiting: Tie | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;

  /**
   * @param show - gets the pictures, each later than the last one
   */
  constructor(feed: VideoFeed, codec: VideoCodec, show: Viewer) {
    this.#feed = feed;
    this.#codec = codec;
    this.#show = show;
  }

  /** Whether others watch the rung that plays. */
  get isShared(): boolean {
    return (this.#playing?.subscription?.viewers ?? 0) > 1;
  }

  /** Changes to a rung with its next keyframe; null: to none, at once. */
  switchTo(rung: VideoRungName | null): void {
    if (rung !== null && rung === this.#waiting?.rung) return;
    this.#waiting?.subscription?.close();
    this.#waiting = undefined;
    if (rung === null) {
      this.#playing?.subscription?.close();
      this.#playing = undefined;
      return;
    }
    if (rung === this.#playing?.rung) return;
    const tie: Tie = { rung, subscription: undefined };
    this.#waiting = tie;
    tie.subscription = this.#feed.watch(rung, this.#codec, (frame, tick, atMs) => {
      if (tie === this.#waiting) this.#takeOver(tie);
      if (tie !== this.#playing) return;
      this.#lastMs = Math.max(atMs, this.#lastMs + leastStepMs);
      this.#show(frame, tick, this.#lastMs);
    });
  }

  /** The receiver cannot decode what it gets. */
  requestKeyframe(): void {
    this.#playing?.subscription?.requestKeyframe();
  }

  /** No more pictures; may be called twice. */
  close(): void {
    this.switchTo(null);
  }

  #takeOver(tie: Tie): void {
    this.#playing?.subscription?.close();
    this.#playing = tie;
    this.#waiting = undefined;
  }
}
