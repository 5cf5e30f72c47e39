import { describe, expect, it } from 'vitest';
import type { AccessUnit } from '../../../mixer/encode/access-unit.ts';
import { GopCache } from '../../../mixer/encode/gop-cache.ts';
import { KeyframePolicy } from '../../../mixer/encode/keyframe-policy.ts';

describe('the keyframe policy', () => {
  it('makes none unless asked', () => {
    expect(new KeyframePolicy(500).isDue(10_000)).toBe(false);
  });

  it('meets the first request at once and those within the interval by one when it is over', () => {
    const policy = new KeyframePolicy(500);
    const made: number[] = [];
    for (let nowMs = 0; nowMs < 2000; nowMs += 40) {
      if ([0, 120, 160, 400, 1200].includes(nowMs)) policy.request();
      if (!policy.isDue(nowMs)) continue;
      made.push(nowMs);
      policy.made(nowMs);
    }
    expect(made).toEqual([0, 520, 1200]);
  });

  it('counts keyframes nobody asked for, and lets them answer requests', () => {
    const policy = new KeyframePolicy(500);
    policy.request();
    policy.made(100);
    expect(policy.isDue(100)).toBe(false);
    policy.request();
    expect(policy.isDue(599)).toBe(false);
    expect(policy.isDue(600)).toBe(true);
  });
});

describe('the GOP cache', () => {
  const unit = (tick: number, keyframe = false): AccessUnit => ({
    codec: 'h264',
    tick,
    keyframe,
    data: Buffer.alloc(1),
  });
  const ticks = (units: readonly AccessUnit[]) => units.map(({ tick }) => tick);

  it('replays the units since the last keyframe while that is young', () => {
    const cache = new GopCache(1000);
    cache.push(unit(0), 0);
    expect(cache.replay(0)).toEqual([]);
    cache.push(unit(1, true), 40);
    cache.push(unit(2), 80);
    expect(ticks(cache.replay(100))).toEqual([1, 2]);
    cache.push(unit(3, true), 120);
    cache.push(unit(4), 160);
    expect(ticks(cache.replay(1119))).toEqual([3, 4]);
    expect(cache.replay(1120)).toEqual([]);
  });

  it('holds nothing once the keyframe is old, and no remnant of it later', () => {
    const cache = new GopCache(1000);
    for (let tick = 0; tick < 100; tick += 1) cache.push(unit(tick, tick === 0), tick * 40);
    expect(cache.replay(4000)).toEqual([]);
    expect(cache.replay(0)).toEqual([]);
  });

  it('starts anew after a break', () => {
    const cache = new GopCache(1000);
    cache.push(unit(0, true), 0);
    cache.clear();
    cache.push(unit(1), 40);
    expect(cache.replay(50)).toEqual([]);
  });

  it('gives away copies of its list', () => {
    const cache = new GopCache(1000);
    cache.push(unit(0, true), 0);
    cache.replay(0).pop();
    expect(ticks(cache.replay(0))).toEqual([0]);
  });
});
