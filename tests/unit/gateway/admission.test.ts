import { describe, expect, it } from 'vitest';
import { Admission, hasTimeFor } from '../../../mcu/gateway/admission/admission.ts';
import { newcomerCost, roomCost, type RoomShape } from '../../../mcu/gateway/admission/cost.ts';
import { LoadBook } from '../../../mcu/gateway/admission/load-book.ts';
import { quotaOf } from '../../../mcu/gateway/admission/machine-cores.ts';

const high = [{ rung: 'high', codec: 'h264' }] as const;
const canvas = { width: 1280, height: 720 };
const room = (participants: number): RoomShape => ({ participants, canvas, fps: 25, rungs: high });

describe('what a room is thought to take', () => {
  it.each([
    // docs/performance.md, the whole server.
    [2, 0.39],
    [4, 0.49],
    [9, 0.56],
    [16, 0.74],
    [25, 0.89],
  ])('is what was measured with %i participants, within a sixth', (participants, cores) => {
    expect(roomCost(room(participants)) / cores).toBeGreaterThan(5 / 6);
    expect(roomCost(room(participants)) / cores).toBeLessThan(7 / 6);
  });

  it('grows with people, pixels, pictures a second and encoders, and each of them costs something', () => {
    const cost = roomCost(room(4));
    const more: RoomShape[] = [
      room(5),
      { ...room(4), canvas: { width: 1920, height: 1080 } },
      { ...room(4), fps: 50 },
      { ...room(4), rungs: [...high, { rung: 'medium', codec: 'h264' }] },
      { ...room(4), rungs: [{ rung: 'high', codec: 'vp8' }] },
    ];
    for (const shape of more) expect(roomCost(shape)).toBeGreaterThan(cost);
    expect(roomCost({ ...room(4), rungs: [] })).toBeLessThan(cost);
    expect(roomCost(room(5)) - cost).toBeCloseTo(newcomerCost);
  });
});

describe('whether there is processor time for somebody', () => {
  const one = { opens: false, cores: newcomerCost };
  const another = { opens: true, cores: 0.36 };
  const state = { budget: 2, measured: 0, expected: 0, isStrained: false };

  it.each([
    ['a room on an idle server', another, state, true],
    [
      'a fourth room of four where three take 1.46 of 2 cores',
      another,
      { ...state, measured: 1.46 },
      true,
    ],
    ['a fifth where four take 1.74', another, { ...state, measured: 1.74 }, false],
    ['somebody more in one of those', one, { ...state, measured: 1.74 }, true],
    ['anybody where all is used', one, { ...state, measured: 1.99 }, false],
    ['49 people at once: estimates alone refuse nobody', one, { ...state, expected: 1.5 }, true],
    [
      'a room that an estimate puts just beyond the budget',
      another,
      { ...state, expected: 1.8 },
      true,
    ],
    ['a room far beyond what can be right', another, { ...state, expected: 4.8 }, false],
    [
      'a room while others stutter at 1.0 of 2',
      another,
      { ...state, measured: 1, isStrained: true },
      false,
    ],
    [
      'a room while others stutter for reasons of their own',
      another,
      { ...state, measured: 0.5, isStrained: true },
      true,
    ],
    [
      'somebody more in a room that stutters',
      one,
      { ...state, measured: 1.2, isStrained: true },
      true,
    ],
  ])('%s', (_what, newcomer, at, expected) => {
    expect(hasTimeFor(newcomer, at)).toBe(expected);
  });

  it('is looked at by what the processes say, and whoever has just come counts until they do', () => {
    let nowMs = 0;
    const admission = new Admission({ budget: 1, ownCpuSeconds: () => 0, now: () => nowMs });
    const cost = { opens: true, cores: 0.36 };
    for (let k = 0; k < 6; k++) {
      expect(admission.hasTimeFor(cost)).toBe(true);
      admission.admit(cost);
    }
    // Nothing is measured yet, but a seventh room would be two and a half times what there is.
    expect(admission.hasTimeFor(cost)).toBe(false);
    // They hardly do anything.
    for (let second = 0; second <= 20; second++) {
      nowMs = second * 1000;
      for (const pid of [1, 2, 3, 4]) {
        admission.read(pid, { cpuSeconds: second * 0.05, skippedShare: 0, level: 0 });
      }
    }
    expect(admission.measured).toBeCloseTo(0.2);
    expect(admission.expected).toBe(0);
    expect(admission.hasTimeFor(cost)).toBe(true);
    // Then they work.
    for (let second = 21; second <= 40; second++) {
      nowMs = second * 1000;
      for (const pid of [1, 2, 3, 4]) {
        admission.read(pid, { cpuSeconds: 1 + (second - 20) * 0.24, skippedShare: 0, level: 0 });
      }
    }
    expect(admission.hasTimeFor(cost)).toBe(false);
    admission.forget(1);
    admission.forget(2);
    expect(admission.hasTimeFor(cost)).toBe(true);
  });

  it('takes a room for what rooms take here, where that is more than on the machine of the estimates', () => {
    const cost = { opens: true, cores: 0.36 };
    const withRoomsOf = (cores: number): Admission => {
      let nowMs = 0;
      const admission = new Admission({ budget: 1.8, ownCpuSeconds: () => 0, now: () => nowMs });
      for (; nowMs <= 20_000; nowMs += 1000) {
        for (const pid of [1, 2]) {
          admission.read(pid, { cpuSeconds: (cores * nowMs) / 1000, skippedShare: 0, level: 0 });
        }
      }
      return admission;
    };
    // Two take 1.3 of 1.8: one as estimated would fit.
    expect(withRoomsOf(0.65).hasTimeFor(cost)).toBe(false);
    expect(withRoomsOf(0.55).hasTimeFor(cost)).toBe(true);
    expect(withRoomsOf(0.65).hasTimeFor({ opens: false, cores: newcomerCost })).toBe(true);
    const slow = withRoomsOf(0.65);
    slow.admit(cost);
    expect(slow.expected).toBeCloseTo(0.65);
  });

  it('is not asked where the budget is 0', () => {
    const admission = new Admission({ budget: 0, ownCpuSeconds: () => 0, now: () => 0 });
    for (let k = 0; k < 100; k++) admission.admit({ opens: true, cores: 1 });
    expect(admission.hasTimeFor({ opens: true, cores: 1 })).toBe(true);
  });
});

describe('what is measured', () => {
  it('is a mean over some seconds, and does not go wrong where two readings come at once', () => {
    const book = new LoadBook();
    book.read('a', 100, null, 0);
    expect(book.measured).toBe(0);
    book.read('a', 100.5, null, 1000);
    expect(book.measured).toBeCloseTo(0.5);
    book.read('a', 103, null, 1001);
    expect(book.measured).toBeCloseTo(0.5);
    for (let at = 2000; at < 20_000; at += 500) book.read('a', 100.5 + at / 1000, null, at);
    expect(book.measured).toBeCloseTo(1, 1);
  });

  it('knows who does not keep their rate', () => {
    const book = new LoadBook();
    book.read('a', 0, { cpuSeconds: 0, skippedShare: 0.02, level: 0 }, 0);
    expect([book.isStrained, book.saving]).toEqual([false, 0]);
    book.read('b', 0, { cpuSeconds: 0, skippedShare: 0, level: 2 }, 0);
    expect([book.isStrained, book.saving]).toEqual([true, 1]);
    book.forget('b');
    book.read('a', 0, { cpuSeconds: 0, skippedShare: 0.3, level: 0 }, 0);
    expect([book.isStrained, book.saving]).toEqual([true, 0]);
  });
});

it.each([
  ['150000 100000\n', 1.5],
  ['max 100000\n', null],
  ['', null],
  ['0 100000', null],
  ['100000 0', null],
])('a container with cpu.max "%s" has so many cores', (text, cores) => {
  expect(quotaOf(text)).toBe(cores);
});
