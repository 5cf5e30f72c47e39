import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pacer } from '../../../mcu/rtp/pacer.ts';
import { wireOverheadBytes } from '../../../mcu/rtp/wire.ts';
import './seeded.ts';

interface Sent {
  readonly atMs: number;
  readonly bytes: number;
  readonly timestamp: number;
  readonly marker: boolean;
}

/** A pacer whose packets are written down; `runTo` calls it when it says so. */
function make(bitsPerSecond: number, burstBytes: number) {
  const sent: Sent[] = [];
  const state = { nowMs: 0 };
  const pacer = new Pacer(
    (payload, timestamp, marker) => {
      sent.push({
        atMs: state.nowMs,
        bytes: payload.length + wireOverheadBytes,
        timestamp,
        marker,
      });
    },
    bitsPerSecond,
    burstBytes,
    0,
  );
  const push = (packets: number, timestamp: number, keyframe = false): void => {
    const payloads = Array.from({ length: packets }, () => Buffer.alloc(936));
    pacer.push({ payloads, keyframe }, timestamp, state.nowMs);
  };
  const runTo = (untilMs: number): void => {
    for (;;) {
      const wait = pacer.pump(state.nowMs);
      if (wait === null || state.nowMs + wait > untilMs) break;
      state.nowMs += Math.max(wait, 0.01);
    }
    state.nowMs = untilMs;
  };
  return { pacer, sent, push, runTo };
}

describe('pacing', () => {
  it('lets a picture within the burst through at once', () => {
    const { pacer, sent, push } = make(800_000, 3000);
    push(3, 1);
    expect(sent.map(({ marker }) => marker)).toEqual([false, false, true]);
    expect(pacer.pump(0)).toBeNull();
  });

  it('spreads a keyframe: 20 packets of 1000 bytes at 800 kbit/s take 10 ms each', () => {
    const { pacer, sent, push, runTo } = make(800_000, 2000);
    push(20, 1, true);
    expect(pacer.hasKeyframe).toBe(true);
    expect(pacer.backlogMs).toBeCloseTo(180, 0);
    runTo(100);
    expect(sent.length).toBeGreaterThanOrEqual(11);
    expect(sent.length).toBeLessThanOrEqual(13);
    runTo(1000);
    expect(sent).toHaveLength(20);
    expect(sent.at(-1)!.atMs).toBeGreaterThan(165);
    expect(pacer.hasKeyframe).toBe(false);
    expect(pacer.backlogMs).toBe(0);
  });

  it('forgets what has not begun, and finishes what has', () => {
    const { pacer, sent, push, runTo } = make(800_000, 1000);
    push(4, 1);
    push(4, 2);
    pacer.dropWaiting();
    push(1, 3);
    runTo(1000);
    expect(sent.map(({ timestamp }) => timestamp)).toEqual([1, 1, 1, 1, 3]);
  });

  it('lets nothing leave while it is held, and all of it afterwards', () => {
    const { pacer, sent, push, runTo } = make(800_000, 1000);
    pacer.hold(true);
    push(3, 1);
    runTo(500);
    expect(sent).toEqual([]);
    expect(pacer.backlogMs).toBeCloseTo(30, 0);
    pacer.hold(false);
    runTo(1000);
    expect(sent).toHaveLength(3);
  });

  it('keeps the order, and never exceeds its rate over any time by more than the burst and a packet', () => {
    const pushes = fc.array(fc.tuple(fc.nat(200), fc.integer({ min: 1, max: 30 })), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(pushes, fc.integer({ min: 50_000, max: 5_000_000 }), (list, rate) => {
        const { sent, push, runTo } = make(rate, 2500);
        let nowMs = 0;
        let packets = 0;
        list.forEach(([afterMs, count], index) => {
          nowMs += afterMs;
          runTo(nowMs);
          push(count, index);
          packets += count;
        });
        // Most that may wait, at the lowest rate.
        runTo(nowMs + (20 * 30 * 8_000_000) / 50_000);
        const order = sent.map(({ timestamp }) => timestamp);
        expect(order).toEqual([...order].sort((a, b) => a - b));
        for (let from = 0; from < sent.length; from += 7) {
          let bytes = 0;
          for (const { atMs, bytes: size } of sent.slice(from)) {
            bytes += size;
            const allowed = ((atMs - sent[from]!.atMs) * rate) / 8000 + 2500 + 1000;
            expect(bytes).toBeLessThanOrEqual(allowed + 1);
          }
        }
        expect(sent.length).toBe(packets);
      }),
      { numRuns: 50 },
    );
  });
});
