import { describe, expect, it } from 'vitest';
import { RoomTicks } from '../../../mcu/room/room-ticks.ts';

/** A room's ticks on a clock that only the test moves: sleepers wake when their time has come. */
function open(picture: (tick: number) => Promise<void>) {
  let nowMs = 1000;
  let sleepers: { dueMs: number; wake: () => void }[] = [];
  const errors: unknown[] = [];
  const sounds: number[] = [];
  const ticks = new RoomTicks({
    clock: { now: () => nowMs },
    sleep: (ms) =>
      new Promise((wake) => {
        sleepers.push({ dueMs: nowMs + ms, wake });
      }),
    fps: 25,
    picture,
    sound: (_, dueMs) => {
      sounds.push(dueMs);
      return Promise.resolve();
    },
    onError: (error) => errors.push(error),
  });
  const passMs = async (ms: number): Promise<void> => {
    for (const endMs = nowMs + ms; nowMs < endMs; nowMs += 1) {
      const due = sleepers.filter(({ dueMs }) => dueMs <= nowMs);
      sleepers = sleepers.filter(({ dueMs }) => dueMs > nowMs);
      for (const { wake } of due) wake();
      await new Promise(setImmediate);
    }
  };
  return { ticks, errors, sounds, passMs };
}

describe("a room's ticks", () => {
  it('have the sound between the pictures', async () => {
    const pictures: number[] = [];
    const { ticks, sounds, passMs } = open((tick) => {
      pictures.push(ticks.timeOf(tick));
      return Promise.resolve();
    });
    await passMs(100);
    // Half a tick before the picture is composed.
    expect(pictures).toEqual([980, 1020, 1060]);
    expect(sounds).toEqual([1017, 1037, 1057, 1077, 1097]);
    expect(ticks.skipped).toEqual({ picture: 0, sound: 0 });
  });

  it('go on when one throws', async () => {
    const { ticks, errors, passMs } = open(() => Promise.reject(new Error('no picture')));
    await passMs(3000);
    expect(errors.length).toBeGreaterThan(50);
    expect(ticks.isTicking).toBe(true);
  });

  it('stand still once a picture has not come to its end for a second, whatever the sound does', async () => {
    const { ticks, passMs } = open((tick) =>
      tick < 5 ? Promise.resolve() : new Promise(() => undefined),
    );
    await passMs(1100);
    expect(ticks.isTicking).toBe(true);
    await passMs(100);
    expect(ticks.isTicking).toBe(false);
  });
});
