import { describe, expect, it } from 'vitest';
import type { AccessUnit } from '../../../mixer/encode/access-unit.ts';
import { GopCache } from '../../../mixer/encode/gop-cache.ts';
import { KeyframePolicy } from '../../../mixer/encode/keyframe-policy.ts';

describe('the keyframe policy', () => {
  it('makes none unless asked', () => {
    expect(new KeyframePolicy(500).isDue(0, 10_000)).toBe(false);
  });

  it('meets the first request at once and those within the interval by one when it is over', () => {
    const policy = new KeyframePolicy(500);
    const made: number[] = [];
    for (let nowMs = 0; nowMs < 2000; nowMs += 40) {
      if ([0, 120, 160, 400, 1200].includes(nowMs)) policy.request();
      if (!policy.isDue(nowMs / 40, nowMs)) continue;
      made.push(nowMs);
      policy.made(nowMs / 40, nowMs);
    }
    expect(made).toEqual([0, 520, 1200]);
  });

  it('counts keyframes nobody asked for, and lets them answer requests', () => {
    const policy = new KeyframePolicy(500);
    policy.request();
    policy.made(2, 100);
    expect(policy.isDue(3, 100)).toBe(false);
    policy.request();
    expect(policy.isDue(14, 599)).toBe(false);
    expect(policy.isDue(15, 600)).toBe(true);
  });

  it('makes those of the schedule exactly there, however late others were, and the next one where a tick is left out', () => {
    const policy = new KeyframePolicy(500);
    const ticks: number[] = [];
    const run = (from: number, to: number, skipped: readonly number[] = []): void => {
      for (let tick = from; tick < to; tick += 1) {
        if (skipped.includes(tick)) continue;
        if (tick === 49 || tick === 160) policy.request();
        if (!policy.isDue(tick, tick * 40)) continue;
        ticks.push(tick);
        policy.made(tick, tick * 40);
      }
    };
    run(0, 20);
    policy.schedule(50);
    run(20, 240, [150, 151]);
    policy.schedule(null);
    run(240, 400);
    expect(ticks).toEqual([20, 49, 50, 100, 152, 165, 200]);
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
