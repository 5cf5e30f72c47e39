import { describe, expect, it } from 'vitest';
import { profileLevelId } from '../../../mixer/encode/profile-level-id.ts';

describe('profileLevelId', () => {
  it.each([
    [320, 180, 6.25, '42e01f'],
    [640, 360, 25, '42e01f'],
    [1280, 720, 25, '42e01f'],
    [1280, 720, 30, '42e01f'],
    [1280, 720, 31, '42e020'],
    [1280, 720, 60, '42e020'],
    [1920, 1080, 25, '42e028'],
    [1920, 1080, 30, '42e028'],
    [1920, 1080, 60, '42e02a'],
    [2560, 1440, 30, '42e032'],
    [3840, 2160, 30, '42e033'],
    [3840, 2160, 60, '42e034'],
    // Few macroblocks, but one side beyond sqrt(8 x 3600) = 169 of them.
    [2720, 160, 25, '42e020'],
  ])('of %i x %i at %f is %s', (width, height, fps, expected) => {
    expect(profileLevelId(width, height, fps)).toBe(expected);
  });

  it('refuses what no level allows', () => {
    expect(() => profileLevelId(99998, 99998, 25)).toThrow(TypeError);
  });
});
