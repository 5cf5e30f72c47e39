import { describe, expect, it } from 'vitest';
import { PictureGate } from '../../../mcu/room/picture-gate.ts';

interface Picture {
  readonly width: number;
  readonly height: number;
}

/** A track that copies each picture for who listens, as a native sink does, and a clock. */
class Track {
  copied = 0;
  taken = 0;
  tooLarge = 0;
  nowMs = 0;
  #listener: ((picture: Picture) => void) | null = null;
  #timer: { readonly atMs: number; readonly action: () => void } | null = null;
  readonly gate = new PictureGate<Picture>({
    mostPixels: 1920 * 1080,
    listen: (take) => {
      this.#listener = take;
      return () => {
        this.#listener = null;
      };
    },
    after: (ms, action) => {
      this.#timer = { atMs: this.nowMs + ms, action };
      return () => {
        this.#timer = null;
      };
    },
    now: () => this.nowMs,
    take: () => (this.taken += 1),
    tooLarge: () => (this.tooLarge += 1),
  });

  get listens(): boolean {
    return this.#listener !== null || this.#timer !== null;
  }

  /** Sends pictures evenly for some seconds. */
  send(picture: Picture, fps: number, seconds: number): void {
    const startMs = this.nowMs;
    for (let index = 1; index <= fps * seconds; index++) {
      this.nowMs = startMs + (index * 1000) / fps;
      if (this.#timer !== null && this.nowMs >= this.#timer.atMs) {
        const { action } = this.#timer;
        this.#timer = null;
        action();
      }
      if (this.#listener === null) continue;
      this.copied += 1;
      this.#listener(picture);
    }
  }
}

describe('pictures of an uplink', () => {
  it('within the budget all go through', () => {
    const track = new Track();
    track.send({ width: 1920, height: 1080 }, 60, 10);
    track.send({ width: 1080, height: 1920 }, 30, 10);
    expect(track).toMatchObject({ copied: 900, taken: 900, tooLarge: 0 });
  });

  it('that are too large are hardly copied, and none goes through', () => {
    const track = new Track();
    track.send({ width: 7680, height: 4320 }, 30, 10);
    expect(track.taken).toBe(0);
    expect(track.copied).toBeLessThanOrEqual(11);
    expect(track.tooLarge).toBe(track.copied);
    // Once they are small enough they are back within a second.
    track.send({ width: 1280, height: 720 }, 25, 2);
    expect(track.taken).toBeGreaterThanOrEqual(25);
  });

  it('that are too many are copied up to the budget', () => {
    const track = new Track();
    track.send({ width: 1920, height: 1080 }, 1000, 10);
    expect(track.copied).toBeLessThanOrEqual(61 * 10);
    expect(track.taken).toBeGreaterThan(60 * 4);
  });

  it('are not listened to any more once it is closed', () => {
    const track = new Track();
    track.send({ width: 7680, height: 4320 }, 30, 1);
    track.gate.close();
    track.gate.close();
    expect(track.listens).toBe(false);
  });
});
