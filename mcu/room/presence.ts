/** Without a picture for so long, a tile shows the initials. */
export const videoStallMs = 3000;

/**
 * When somebody was last heard of. Silence on all paths means a hung page or a cut network; an open
 * WebSocket proves nothing (the browser answers its pings even when the page hangs).
 */
export class Presence {
  #heardAt: number;
  #pictureAt = Number.NEGATIVE_INFINITY;

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

  /** Milliseconds since anything came, or was expected to. */
  silentFor(now: number): number {
    return now - this.#heardAt;
  }

  /** Whether the newest picture is recent enough to be shown. */
  hasPicture(now: number): boolean {
    return now - this.#pictureAt < videoStallMs;
  }
}
