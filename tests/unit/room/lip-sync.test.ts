import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeldPictures } from '../../../mcu/room/held-pictures.ts';
import { LipSync } from '../../../mcu/room/lip-sync.ts';

/** An uplink whose jitter buffers hold sound and picture for so long, looked at once a second. */
class Uplink {
  readonly lips = new LipSync();
  nowMs = 0;
  #audio = { jitterBufferDelay: 0, jitterBufferEmittedCount: 0 };
  #video = { jitterBufferDelay: 0, jitterBufferEmittedCount: 0 };

  /** @returns for how long a picture is held at the end of each of these seconds */
  run(seconds: number, { audioMs = 50, videoMs = 20, fps = 25, isHeard = true } = {}): number[] {
    return Array.from({ length: seconds }, () => {
      this.#audio.jitterBufferEmittedCount += 48_000;
      this.#audio.jitterBufferDelay += (48_000 * audioMs) / 1000;
      this.#video.jitterBufferEmittedCount += fps;
      this.#video.jitterBufferDelay += (fps * videoMs) / 1000;
      this.lips.take(
        [
          { type: 'transport' },
          { type: 'inbound-rtp', kind: 'audio', ...this.#audio },
          { type: 'inbound-rtp', kind: 'video', ...this.#video },
        ],
        isHeard,
        this.nowMs,
      );
      this.nowMs += 1000;
      return Math.round(this.lips.holdMs(this.nowMs));
    });
  }
}

describe('lips', () => {
  it('hold no picture back where the sound is hardly later', () => {
    expect(new Uplink().run(5, { audioMs: 80 })).toEqual([0, 0, 0, 0, 0]);
    expect(new Uplink().run(2, { audioMs: 20, videoMs: 300 })).toEqual([0, 0]);
  });

  it('hold it back, bit by bit, by what of the sound would be noticed, and let go again', () => {
    const uplink = new Uplink();
    expect(uplink.run(3, { audioMs: 400 })).toEqual([200, 320, 320]);
    expect(uplink.run(3, { audioMs: 90 })).toEqual([120, 10, 10]);
  });

  it('hold it for no longer than may be, however late the sound is', () => {
    expect(new Uplink().run(4, { audioMs: 3000 })).toEqual([200, 400, 400, 400]);
  });

  it('hold nothing of who is not heard, or sends only one of the two', () => {
    const uplink = new Uplink();
    uplink.run(3, { audioMs: 400 });
    expect(uplink.run(2, { audioMs: 400, isHeard: false })).toEqual([120, 0]);
    uplink.run(3, { audioMs: 400 });
    expect(uplink.run(2, { audioMs: 400, fps: 0 })).toEqual([120, 0]);
  });

  it('hold nothing where libwebrtc says nothing', () => {
    const lips = new LipSync();
    lips.take([{ type: 'inbound-rtp', kind: 'audio' }, { type: 'inbound-rtp' }], true, 0);
    expect(lips.holdMs(1000)).toBe(0);
  });
});

describe('held pictures', () => {
  it('are each shown when they are due', () => {
    const pictures = new HeldPictures<string>();
    expect(pictures.newest(0)).toBeNull();
    pictures.push('a', 0, 0);
    pictures.push('b', 100, 40);
    pictures.push('c', 140, 80);
    expect([80, 99, 100, 139, 140, 900].map((nowMs) => pictures.newest(nowMs))).toEqual([
      ...['a', 'a', 'b', 'b', 'c', 'c'],
    ]);
    pictures.clear();
    expect(pictures.newest(900)).toBeNull();
  });

  it('are one where none is held', () => {
    const pictures = new HeldPictures<number>();
    for (let index = 0; index < 9; index++) {
      pictures.push(index, 40 * index, 40 * index);
      expect(pictures.count).toBe(1);
      expect(pictures.newest(40 * index)).toBe(index);
    }
  });

  it('are few, whatever comes, and are shown in order', () => {
    const arrivals = fc.array(fc.tuple(fc.nat(50), fc.nat(400), fc.boolean()), { maxLength: 200 });
    fc.assert(
      fc.property(arrivals, (all) => {
        const pictures = new HeldPictures<number>();
        let [nowMs, dueMs, shown] = [0, 0, -1];
        all.forEach(([gapMs, holdMs, isLookedAt], index) => {
          nowMs += gapMs;
          dueMs = Math.max(dueMs, nowMs + holdMs);
          pictures.push(index, dueMs, nowMs);
          expect(pictures.count).toBeLessThanOrEqual(12);
          if (!isLookedAt) return;
          const newest = pictures.newest(nowMs)!;
          expect(newest).toBeGreaterThanOrEqual(shown);
          shown = newest;
        });
        if (all.length > 0) expect(pictures.newest(dueMs)).toBe(all.length - 1);
      }),
    );
  });
});
