import { describe, expect, it } from 'vitest';
import { ClipCursor } from '../../../mcu/load/clip.ts';
import { clipOptions } from '../../../mcu/load/clip-library.ts';
import { readInstruction } from '../../../mcu/load/messages.ts';
import { wantedVideo } from '../../../mcu/load/uplink-wish.ts';

const take = <Item>(cursor: ClipCursor<Item>, count: number): Item[] =>
  Array.from({ length: count }, () => cursor.next());

it('plays in a loop; the first round may be shorter', () => {
  expect(take(new ClipCursor(['k', 'a', 'b']), 7).join('')).toBe('kabkabk');
  expect(take(new ClipCursor(['k', 'a', 'b', 'c'], 2), 8).join('')).toBe('kakabcka');
});

it('goes back to the keyframe when asked, and begins another clip with its own', () => {
  const cursor = new ClipCursor(['k', 'a', 'b', 'c']);
  take(cursor, 2);
  cursor.restart();
  expect(cursor.index).toBe(0);
  expect(take(cursor, 3).join('')).toBe('kab');
  cursor.play(['K', 'A']);
  expect(take(cursor, 3).join('')).toBe('KAK');
});

it('participants who are asked for nearly the same share a clip', () => {
  const asked = { width: 421, height: 237, fps: 25, bitrate: 301_000 };
  expect(clipOptions(asked)).toEqual({ width: 422, height: 238, fps: 25, bitsPerSecond: 300_000 });
  expect(clipOptions({ ...asked, bitrate: 305_000 })).toEqual(clipOptions(asked));
  expect(clipOptions({ width: 640, height: 360, fps: 25 }).bitsPerSecond).toBe(500_000);
});

describe('what the server asks for', () => {
  const limits = { width: 640, height: 360, fixed: false, fps: 25 };
  const wish = (fields: object) => {
    const instruction = readInstruction({
      type: 'uplink',
      width: 320,
      height: 180,
      fps: 15,
      ...fields,
    });
    if (instruction?.type !== 'uplink') throw new Error('not understood');
    return instruction;
  };

  it('is sent: size, rate and bitrate', () => {
    expect(wantedVideo(null, limits)).toMatchObject({ width: 640, height: 360, fps: 25 });
    expect(wantedVideo(wish({ bitrate: 200_000 }), limits)).toEqual({
      ...{ width: 320, height: 180, fps: 15, bitsPerSecond: 200_000 },
    });
    expect(wantedVideo(wish({ fps: 30 }), limits)).toMatchObject({ width: 320, fps: 25 });
    expect(wantedVideo(wish({}), { ...limits, fixed: true })).toMatchObject({
      width: 640,
      fps: 25,
    });
  });

  it('is no video where it asks for no pictures', () => {
    expect(wantedVideo(wish({ fps: 0, width: 0, height: 0 }), limits)).toBeNull();
    expect(wantedVideo(wish({ fps: 0 }), { ...limits, fixed: true })).toBeNull();
  });

  it('is understood with fields that are not known here, and other messages are not minded', () => {
    const audio = { ptime: 40, bitrate: 16_000, dtx: true };
    expect(wish({ audio, codec: 'vp8' }).audio).toMatchObject({ ptime: 40 });
    expect(readInstruction({ type: 'quality', rung: 'high' })).toBeNull();
    expect(readInstruction({ type: 'uplink', width: -1 })).toBeNull();
    expect(readInstruction('hello')).toBeNull();
  });
});
