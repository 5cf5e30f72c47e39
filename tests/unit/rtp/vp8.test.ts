import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packetizeVp8 } from '../../../mcu/rtp/vp8.ts';
import { depacketizeVp8 } from './depacketize.ts';
import { patterned } from './seeded.ts';

describe('packetizing VP8', () => {
  it('round-trips frames of any size within the payload limit, with their PictureID', () => {
    fc.assert(
      fc.property(
        patterned({ min: 1, max: 6000 }),
        fc.nat({ max: 0x7fff }),
        fc.integer({ min: 16, max: 1400 }),
        (bytes, pictureId, limit) => {
          const { payloads } = packetizeVp8(Buffer.from(bytes), pictureId, limit);
          const received = depacketizeVp8(payloads);
          expect(received.frame.equals(bytes)).toBe(true);
          expect(received.pictureId).toBe(pictureId);
          expect(Math.max(...payloads.map(({ length }) => length))).toBeLessThanOrEqual(limit);
        },
      ),
    );
  });

  it('leaves the PictureID out where there is none', () => {
    const frame = Buffer.from(Array.from({ length: 50 }, (_, index) => index));
    const { payloads, keyframe } = packetizeVp8(frame, null, 20);
    expect(keyframe).toBe(true);
    expect(payloads.map((payload) => payload[0])).toEqual([0x10, 0, 0]);
    expect(Buffer.concat(payloads.map((payload) => payload.subarray(1))).equals(frame)).toBe(true);
  });

  it('round-trips every size around the limit', () => {
    for (let bytes = 1; bytes <= 100; bytes += 1) {
      const frame = Buffer.alloc(bytes, 0x33);
      const { payloads } = packetizeVp8(frame, 1, 20);
      expect(payloads).toHaveLength(Math.ceil(bytes / 16));
      expect(Math.max(...payloads.map((payload) => payload.length))).toBeLessThanOrEqual(20);
      expect(depacketizeVp8(payloads).frame).toEqual(frame);
    }
  });

  it('wraps the PictureID at 15 bits', () => {
    const idOf = (id: number): number =>
      depacketizeVp8(packetizeVp8(Buffer.from([1, 2]), id).payloads).pictureId;
    expect([0x7fff, 0x8000, 0x8001].map(idOf)).toEqual([0x7fff, 0, 1]);
  });

  it('tells key frames by the inverse key frame bit', () => {
    expect(packetizeVp8(Buffer.from([0x10, 0]), 0).keyframe).toBe(true);
    expect(packetizeVp8(Buffer.from([0x11, 0]), 0).keyframe).toBe(false);
  });

  it('sends nothing for an empty frame and refuses a senseless limit', () => {
    expect(packetizeVp8(Buffer.alloc(0), 0)).toEqual({ payloads: [], keyframe: false });
    expect(() => packetizeVp8(Buffer.alloc(1), 0, 4)).toThrow(TypeError);
  });
});
