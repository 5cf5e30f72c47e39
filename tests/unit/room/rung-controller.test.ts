import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LinkState } from '../../../mcu/room/link-state.ts';
import { offersOf } from '../../../mcu/room/quality.ts';
import { RungController } from '../../../mcu/room/rung-controller.ts';
import { rungNames } from '../../../mixer/encode/rung-table.ts';

const picture = { canvas: { width: 1280, height: 720 }, fps: 25 };
const offers = offersOf({ ...picture, rungs: ['high', 'medium', 'low', 'tiny'] });
const wire = new Map(offers.map(({ name, wireBitsPerSecond }) => [name, wireBitsPerSecond]));

const calm: LinkState = {
  bitsPerSecond: 5_000_000,
  acknowledgedBitsPerSecond: 1_600_000,
  lossFraction: 0,
  rttMs: 20,
  queueMs: 0,
  usage: 'normal',
  limitedBy: 'nothing',
  sentBitsPerSecond: 1_600_000,
  backlogMs: 0,
};

/** A path that carries so much, as a perfect estimator sees it, and a sender that does what the controller says. */
class Path {
  readonly controller = new RungController(offers, 'auto');
  nowMs = 0;
  capacity: number;
  loss = 0;
  readonly changes: { rung: string; atMs: number }[] = [];
  probes = 0;
  #probing: unknown = null;

  constructor(capacity: number, known: number | null = capacity) {
    this.capacity = capacity;
    this.controller.start(known, 0);
  }

  run(seconds: number): void {
    const untilMs = this.nowMs + seconds * 1000;
    for (; this.nowMs < untilMs; this.nowMs += 50) {
      const { controller } = this;
      const { probe, rung } = controller;
      const sent = Math.max(wire.get(rung)!, probe?.bitsPerSecond ?? 0);
      const isFull = sent > this.capacity;
      if (probe?.tag != null) probe.takeResult(probe.tag, Math.min(sent, this.capacity));
      controller.update(
        {
          ...calm,
          sentBitsPerSecond: sent,
          acknowledgedBitsPerSecond: Math.min(sent, this.capacity),
          bitsPerSecond: isFull ? this.capacity * 0.9 : Math.max(sent * 1.3, wire.get(rung)!),
          queueMs: isFull ? 100 : 0,
          usage: isFull ? 'over' : 'normal',
          lossFraction: this.loss,
          limitedBy: isFull ? 'delay' : 'nothing',
        },
        this.nowMs,
      );
      if (controller.probe !== null && controller.probe !== this.#probing) this.probes += 1;
      this.#probing = controller.probe;
      if (controller.rung !== rung) this.changes.push({ rung: controller.rung, atMs: this.nowMs });
    }
  }
}

describe('the rung that fits a path', () => {
  it.each([
    [5_000_000, 'high'],
    [900_000, 'medium'],
  ] as const)('of %i bit/s is %s, from the first measurement on', (capacity, rung) => {
    const path = new Path(capacity);
    expect(path.controller.rung).toBe(rung);
    path.run(60);
    expect(path.controller.rung).toBe(rung);
    expect(path.changes).toEqual([]);
  });

  it.each([
    [300_000, ['low']],
    [120_000, []],
    [60_000, []],
  ] as const)('of %i bit/s is found from below', (capacity, changes) => {
    const path = new Path(capacity);
    path.run(60);
    expect(path.changes.map(({ rung }) => rung)).toEqual(changes);
  });

  it('begins low where nothing is known, and is the best soon after', () => {
    const path = new Path(5_000_000, null);
    expect(path.controller.rung).toBe('tiny');
    path.run(8);
    expect(path.changes).toMatchObject([{ rung: 'high' }]);
  });

  it('follows 2500, 900, 300, 60 kbit/s down within a second each, and is back at the best within 45 s', () => {
    const path = new Path(2_500_000);
    for (const [capacity, rung] of [
      [900_000, 'medium'],
      [300_000, 'low'],
      [60_000, 'audio'],
    ] as const) {
      path.run(30);
      path.capacity = capacity;
      path.run(1);
      expect(path.controller).toMatchObject({ rung, reason: 'bandwidth' });
    }
    path.run(29);
    expect(path.controller.rung).toBe('audio');
    path.capacity = 2_500_000;
    path.run(45);
    expect(path.controller).toMatchObject({ rung: 'high', reason: 'auto' });
    // Each step once: no rung in between on the way up.
    expect(path.changes.map(({ rung }) => rung)).toEqual(['medium', 'low', 'audio', 'high']);
  });

  it('tries more and more seldom where nothing better is to be had', () => {
    const path = new Path(900_000);
    path.run(60);
    const early = path.probes;
    path.run(540);
    expect(early).toBeGreaterThanOrEqual(3);
    expect(path.probes - early).toBeLessThanOrEqual(6);
    expect(path.changes).toEqual([]);
  });

  it('is not given up for a blip, nor for an estimate nobody feels', () => {
    const controller = new RungController(offers, 'auto');
    controller.start(5_000_000, 0);
    const blip: LinkState = {
      ...calm,
      bitsPerSecond: 900_000,
      usage: 'over',
      queueMs: 90,
      limitedBy: 'delay',
    };
    controller.update(blip, 1000);
    controller.update(blip, 1200);
    controller.update(calm, 1210);
    controller.update(blip, 1300);
    expect(controller.rung).toBe('high');
    for (let nowMs = 2000; nowMs < 9000; nowMs += 50) {
      controller.update({ ...calm, bitsPerSecond: 500_000 }, nowMs);
    }
    expect(controller.rung).toBe('high');
    controller.update(blip, 9000);
    controller.update(blip, 9250);
    expect(controller.rung).toBe('medium');
    // Where there is no doubt there is no waiting.
    controller.update({ ...blip, sentBitsPerSecond: 600_000, bitsPerSecond: 250_000 }, 12_000);
    expect(controller.rung).toBe('low');
  });

  it('is not too high for a still picture that takes little', () => {
    const controller = new RungController(offers, 'auto');
    controller.start(5_000_000, 0);
    const still: LinkState = { ...calm, sentBitsPerSecond: 300_000, bitsPerSecond: 400_000 };
    for (let nowMs = 0; nowMs < 3000; nowMs += 50) {
      controller.update({ ...still, usage: 'over', queueMs: 70 }, nowMs);
    }
    expect(controller.rung).toBe('high');
  });

  it('is the only one there is, where there is only one', () => {
    const controller = new RungController(offersOf({ ...picture, rungs: ['high'] }), 'auto');
    controller.start(50_000, 0);
    for (let nowMs = 0; nowMs < 5000; nowMs += 50) {
      controller.update({ ...calm, bitsPerSecond: 50_000, usage: 'over', queueMs: 900 }, nowMs);
    }
    expect(controller.rung).toBe('high');
  });

  it('is always one of those allowed, whatever the path does', () => {
    const link = fc.record({
      bitsPerSecond: fc.integer({ min: 10_000, max: 20_000_000 }),
      acknowledgedBitsPerSecond: fc.option(fc.nat(5_000_000)),
      lossFraction: fc.double({ min: 0, max: 1, noNaN: true }),
      rttMs: fc.option(fc.nat(2000)),
      queueMs: fc.nat(2000),
      usage: fc.constantFrom('normal', 'over', 'under'),
      limitedBy: fc.constantFrom('delay', 'loss', 'timeout', 'nothing'),
      sentBitsPerSecond: fc.nat(5_000_000),
      backlogMs: fc.nat(2000),
    });
    const caps = fc.constantFrom(...rungNames, 'auto' as const);
    fc.assert(
      fc.property(caps, caps, fc.array(link, { maxLength: 100 }), (cap, later, links) => {
        const controller = new RungController(offers, cap);
        controller.start(1_000_000, 0);
        links.forEach((state, index) => {
          if (index === 50) controller.setCap(later);
          controller.update(state, index * 50);
          const now = index >= 50 ? later : cap;
          if (now === 'auto') return;
          expect(rungNames.indexOf(controller.rung)).toBeGreaterThanOrEqual(rungNames.indexOf(now));
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe('a receiver that asks for keyframes', () => {
  let controller: RungController;
  beforeEach(() => {
    controller = new RungController(offers, 'auto');
    controller.start(5_000_000, 0);
  });

  it('gets one where nobody else pays, as often as it likes', () => {
    for (let nowMs = 0; nowMs < 9000; nowMs += 1000) {
      expect(controller.plea(false, { ...calm, lossFraction: 0.2 }, nowMs)).toBe(true);
    }
    expect(controller.rung).toBe('high');
  });

  it('gets one without losses, and is moved down when it asks again soon', () => {
    expect(controller.plea(true, calm, 1000)).toBe(true);
    expect(controller.plea(true, calm, 30_000)).toBe(true);
    expect(controller.plea(true, calm, 40_000)).toBe(false);
    expect(controller).toMatchObject({ rung: 'medium', reason: 'loss' });
  });

  it('is moved down at once where much is lost, but never to sound alone', () => {
    const lossy = { ...calm, lossFraction: 0.1 };
    for (const rung of ['medium', 'low', 'tiny']) {
      expect(controller.plea(true, lossy, 1000)).toBe(false);
      expect(controller.rung).toBe(rung);
    }
    expect(controller.plea(true, lossy, 1000)).toBe(true);
    expect(controller.rung).toBe('tiny');
  });
});

describe('the quality that is asked for', () => {
  it('is had at once where the path has carried it before', () => {
    const path = new Path(5_000_000);
    path.run(5);
    path.controller.setCap('low');
    expect(path.controller).toMatchObject({ rung: 'low', reason: 'requested' });
    path.run(30);
    path.controller.setCap('auto');
    expect(path.controller).toMatchObject({ rung: 'high', reason: 'auto' });
  });

  it('is not had where the path does not carry it', () => {
    const path = new Path(300_000);
    path.run(10);
    path.controller.setCap('audio');
    path.run(20);
    path.controller.setCap('high');
    path.run(5);
    expect(path.controller).toMatchObject({ rung: 'low', reason: 'bandwidth' });
  });
});
