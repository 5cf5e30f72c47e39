/** Without a picture for so long, a tile shows the initials. */
export const videoStallMs = 3000;

/**
 * When somebody was last heard of. Silence on all paths means a hung page or a cut network; an open
 * WebSocket proves nothing (the browser answers its pings even when the page hangs).
 */
export class Presence {
  #heardAt: number;
  #pictureAt = Number.NEGATIVE_INFINITY;
  /** What had been received at the last look. */
  #receivedBefore: number | undefined;

  /** @param now - milliseconds of the room's clock, as everywhere here */
  constructor(now: number) {
    this.#heardAt = now;
  }

  /** RTCP or media has come, or is expected from now on. */
  heard(now: number): void {
    this.#heardAt = now;
  }

  /** A picture has come. */
  picture(now: number): void {
    this.#heardAt = now;
    this.#pictureAt = now;
  }

  /**
   * Takes a look at how much has been received so far, while nothing else is heard: more than at the last look is a sign
   * of life, too.
   */
  received(count: number, now: number): void {
    const isMore = this.#receivedBefore !== undefined && count > this.#receivedBefore;
    this.#receivedBefore = count;
    if (isMore) this.heard(now);
  }

  /** The next count of what has been received is not to be compared with the last one. */
  countAnew(): void {
    this.#receivedBefore = undefined;
  }

  /** Milliseconds since anything came, or was expected to. */
  silentFor(now: number): number {
    return now - this.#heardAt;
  }

  /** Whether the newest picture is recent enough to be shown. */
  hasPicture(now: number): boolean {
    return now - this.#pictureAt < videoStallMs;
  }
}
