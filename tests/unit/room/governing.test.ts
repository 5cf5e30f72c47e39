import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Ease } from '../../../mcu/room/ease.ts';
import { Governing } from '../../../mcu/room/governing.ts';
import { RungController } from '../../../mcu/room/rung-controller.ts';
import { RoomMetrics } from '../../../mcu/room-metrics.ts';

const fps = 25;
const log = pino({ level: 'silent' });

/** A room whose ticks take as long as it is told. */
function stage({ isOn = true } = {}) {
  const room = { nowMs: 0, skipped: 0, tick: 0, made: 0, isPinned: false };
  const applied: Ease[] = [];
  const metrics = new RoomMetrics();
  const governing = new Governing({
    isOn,
    fps,
    now: () => room.nowMs,
    skipped: () => room.skipped,
    isPinned: () => room.isPinned,
    apply: (ease) => applied.push(ease),
    metrics,
    log,
  });
  /** Some seconds in which pictures take so long. */
  const run = async (seconds: number, tickMs: number): Promise<void> => {
    const untilMs = room.nowMs + seconds * 1000;
    while (room.nowMs < untilMs) {
      const dueMs = room.tick * (1000 / fps);
      if (dueMs > room.nowMs) room.nowMs = dueMs;
      const newest = Math.floor(room.nowMs / (1000 / fps) + 1e-9);
      room.skipped += Math.max(0, newest - room.tick);
      room.tick = Math.max(room.tick, newest);
      await governing.run(room.tick, async () => {
        room.made += 1;
        room.nowMs += tickMs;
        await Promise.resolve();
      });
      room.tick += 1;
      governing.look();
    }
  };
  const value = async (name: string): Promise<number> =>
    (await metrics.registry.getSingleMetric(name)!.get()).values.reduce(
      (sum, each) => sum + each.value,
      0,
    );
  return { room, applied, governing, run, value };
}

describe('a room that has too little time', () => {
  it('does without something, tells so, and has all again when there is time', async () => {
    const { run, applied, governing, value } = stage();
    await run(10, 8);
    expect(applied).toEqual([]);
    await run(30, 70);
    expect(governing.load.level).toBeGreaterThanOrEqual(5);
    expect(await value('onegrid_governor_level')).toBe(governing.load.level);
    await run(30, 8);
    expect(governing.load).toEqual({ skippedShare: 0, level: 0 });
    expect(applied.at(-1)).toMatchObject({ transitions: true, cap: 'auto', tickShare: 1 });
    expect(await value('onegrid_governor_level')).toBe(0);
    expect(await value('onegrid_governor_steps_total')).toBe(applied.length);
  });

  it('makes fewer pictures, evenly, until they fit', async () => {
    const { room, run, governing } = stage();
    // Two thirds of them can be made.
    await run(40, 60);
    expect(governing.ease.tickShare).toBeLessThanOrEqual(0.6);
    const { made, skipped } = room;
    await run(1, 60);
    expect(room.made - made).toBeGreaterThan(8);
    expect(room.skipped - skipped).toBeLessThanOrEqual(2);
  });

  it('keeps nobody from `high` where that is made anyway', async () => {
    const { room, run, applied, governing } = stage();
    room.isPinned = true;
    await run(30, 70);
    expect(governing.load.level).toBeGreaterThanOrEqual(3);
    expect(applied.every(({ cap }) => cap === 'auto')).toBe(true);
    room.isPinned = false;
    await run(1.2, 70);
    expect(governing.ease.cap).toBe('medium');
  });

  it('only tells so where the governor is off', async () => {
    const { run, applied, governing } = stage({ isOn: false });
    await run(30, 70);
    expect(applied).toEqual([]);
    expect(governing.load.level).toBe(0);
    expect(governing.load.skippedShare).toBeGreaterThan(0.3);
  });
});

describe('a rung that the server has no time for', () => {
  const offers = [
    { name: 'high', wireBitsPerSecond: 1_650_000 },
    { name: 'medium', wireBitsPerSecond: 590_000 },
    { name: 'audio', wireBitsPerSecond: 30_000 },
  ] as const;

  it('is not given, and the reason is the server; unless less was asked for anyway', () => {
    const controller = new RungController(offers, 'auto');
    controller.setCap('auto', 'medium');
    expect([controller.rung, controller.reason]).toEqual(['medium', 'server']);
    controller.setCap('medium', 'medium');
    expect([controller.rung, controller.reason]).toEqual(['medium', 'requested']);
    controller.setCap('audio', 'medium');
    expect([controller.rung, controller.reason]).toEqual(['audio', 'requested']);
    controller.setCap('auto');
    expect([controller.rung, controller.reason]).toEqual(['high', 'auto']);
  });

  it('is given where there is no other', () => {
    const controller = new RungController([offers[0], offers[2]], 'auto', 'medium');
    expect([controller.rung, controller.reason]).toEqual(['high', 'auto']);
  });
});
