import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { i420Bytes, type I420Frame } from '../../../mixer/compositor/i420.ts';
import { type Rotation, rotateI420 } from '../../../mixer/compositor/rotate.ts';

/** A picture in which every byte differs from its neighbours. */
function picture(width: number, height: number): I420Frame {
  const data = new Uint8Array(i420Bytes(width, height));
  for (let i = 0; i < data.length; i++) data[i] = (i * 37 + (i >> 5)) & 0xff;
  return { width, height, data };
}

const luma = ({ width, data }: I420Frame, x: number, y: number): number => data[y * width + x]!;

describe('turning a picture', () => {
  it('clockwise by 90 degrees puts the top left corner at the top right', () => {
    const source = picture(6, 4);
    const turned = rotateI420(source, 90);
    expect([turned.width, turned.height]).toEqual([4, 6]);
    expect(luma(turned, 3, 0)).toBe(luma(source, 0, 0));
    expect(luma(turned, 3, 5)).toBe(luma(source, 5, 0));
    expect(luma(turned, 0, 0)).toBe(luma(source, 0, 3));
  });

  it('comes round after a full turn, whatever the size', () => {
    const side = fc.integer({ min: 1, max: 33 });
    fc.assert(
      fc.property(side, side, fc.constantFrom<Rotation>(0, 90, 180, 270), (width, height, by) => {
        const source = picture(width, height);
        const back = ((360 - by) % 360) as Rotation;
        expect(rotateI420(rotateI420(source, by), back)).toEqual(source);
      }),
    );
  });

  it('by 180 degrees is two quarter turns', () => {
    const source = picture(7, 5);
    expect(rotateI420(rotateI420(source, 90), 90)).toEqual(rotateI420(source, 180));
  });
});
