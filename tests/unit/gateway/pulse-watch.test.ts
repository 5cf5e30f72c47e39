import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PulseWatch } from '../../../mcu/gateway/pulse-watch.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const limits = { hangMs: 3000, memoryBytes: 1000 };

function watched(given = limits) {
  const findings = { hangs: vi.fn(), isTooLarge: vi.fn() };
  const isStopped = vi.fn(() => false);
  return { findings, isStopped, watch: new PulseWatch(given, findings, isStopped) };
}

it('finds that a process hangs after 3 s and before 4, once', () => {
  const { watch, findings } = watched();
  for (let pulse = 0; pulse < 20; pulse += 1) {
    watch.pulse(10);
    vi.advanceTimersByTime(200);
  }
  // It hung right behind its last pulse, or right ahead of the next.
  vi.advanceTimersByTime(3000 - 200);
  expect(findings.hangs).not.toHaveBeenCalled();
  vi.advanceTimersByTime(600);
  expect(findings.hangs).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(60_000);
  expect(findings.hangs).toHaveBeenCalledTimes(1);
});

it('leaves a process alone that was held up for less than 3 s', () => {
  const { watch, findings } = watched();
  for (let pulse = 0; pulse < 20; pulse += 1) {
    watch.pulse(10);
    vi.advanceTimersByTime(2990);
  }
  expect(findings.hangs).not.toHaveBeenCalled();
});

it('finds that a process is stopped after 1 s, and does not ask of one that tells that it lives', () => {
  const { watch, findings, isStopped } = watched();
  for (let pulse = 0; pulse < 20; pulse += 1) {
    watch.pulse(10);
    vi.advanceTimersByTime(900);
  }
  expect(isStopped).not.toHaveBeenCalled();
  watch.pulse(10);
  // It comes back before anybody looks.
  vi.advanceTimersByTime(1500);
  expect(isStopped).toHaveBeenCalled();
  watch.pulse(10);
  isStopped.mockReturnValue(true);
  vi.advanceTimersByTime(1000);
  expect(findings.hangs).not.toHaveBeenCalled();
  vi.advanceTimersByTime(100);
  expect(findings.hangs).toHaveBeenCalledTimes(1);
  expect(findings.hangs.mock.lastCall![0]).toBeCloseTo(1050, -1);
  vi.advanceTimersByTime(60_000);
  expect(findings.hangs).toHaveBeenCalledTimes(1);
});

it('lets a process take its time to start, but not forever', () => {
  const { findings } = watched();
  vi.advanceTimersByTime(25_000);
  expect(findings.hangs).not.toHaveBeenCalled();
  vi.advanceTimersByTime(10_000);
  expect(findings.hangs).toHaveBeenCalledTimes(1);
});

it('finds a process that has grown too large, once', () => {
  const { watch, findings } = watched();
  watch.pulse(1000);
  expect(findings.isTooLarge).not.toHaveBeenCalled();
  watch.pulse(1001);
  expect(findings.isTooLarge).toHaveBeenCalledWith(1001);
  vi.advanceTimersByTime(60_000);
  expect(findings.hangs).not.toHaveBeenCalled();
});

it('limits nothing where the limits are 0', () => {
  const { watch, findings } = watched({ hangMs: 0, memoryBytes: 0 });
  watch.pulse(1e15);
  vi.advanceTimersByTime(600_000);
  expect(findings.hangs).not.toHaveBeenCalled();
  expect(findings.isTooLarge).not.toHaveBeenCalled();
});

it('finds nothing any more once it is closed', () => {
  const { watch, findings } = watched();
  watch.pulse(10);
  watch.close();
  vi.advanceTimersByTime(60_000);
  expect(findings.hangs).not.toHaveBeenCalled();
});

it('does not take its own standing still for a hang', () => {
  const { watch, findings } = watched();
  let nowMs = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  watch.pulse(10);
  for (const ms of [50, 60_000, 50]) {
    nowMs += ms;
    vi.advanceTimersByTime(50);
  }
  expect(findings.hangs).not.toHaveBeenCalled();
  clock.mockRestore();
});
