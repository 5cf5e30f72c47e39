import { describe, expect, it } from 'vitest';
import { TokenBucket } from '../../../mcu/gateway/token-bucket.ts';

describe('a token bucket', () => {
  it('lets a burst pass, then the rate', () => {
    const bucket = new TokenBucket(2, 3, 0);
    expect([0, 0, 0, 0].map((now) => bucket.take(now))).toEqual([true, true, true, false]);
    expect(bucket.take(400)).toBe(false);
    expect(bucket.take(500)).toBe(true);
    expect(bucket.take(501)).toBe(false);
  });

  it('never saves more than a burst', () => {
    const bucket = new TokenBucket(10, 2, 0);
    expect([60_000, 60_000, 60_000].map((now) => bucket.take(now))).toEqual([true, true, false]);
  });
});
