import { describe, expect, it } from 'vitest';
import { Turns } from '../../../mcu/room/turns.ts';

/** Turns of an event loop by hand, in which each thing takes the time that it is. */
function byHand() {
  let nowMs = 0;
  const later: (() => void)[] = [];
  const done: number[] = [];
  const turns = new Turns<number>(
    (ms) => {
      nowMs += ms;
      done.push(ms);
    },
    { now: () => nowMs, later: (action) => later.push(action) },
  );
  /** What the next turn does; null: there is none. */
  const next = (): number[] | null => {
    const action = later.shift();
    if (action === undefined) return null;
    action();
    return done.splice(0);
  };
  return { turns, next };
}

describe('things that share the event loop', () => {
  it('are done in order, and none at once', () => {
    const { turns, next } = byHand();
    for (const ms of [1, 0, 2]) turns.add(ms);
    expect(turns.isIdle).toBe(false);
    expect(next()).toEqual([1, 0, 2]);
    expect(turns.isIdle).toBe(true);
    expect(next()).toBeNull();
  });

  it('leave it to others when they have taken long', () => {
    const { turns, next } = byHand();
    for (const ms of [50, 1, 2, 3, 1, 90]) turns.add(ms);
    expect(next()).toEqual([50]);
    expect(next()).toEqual([1, 2, 3]);
    turns.add(7);
    expect(next()).toEqual([1, 90]);
    expect(next()).toEqual([7]);
    expect(next()).toBeNull();
  });

  it('may bring others', () => {
    const done: string[] = [];
    const later: (() => void)[] = [];
    const turns: Turns<string> = new Turns(
      (thing) => {
        done.push(thing);
        if (thing.length < 3) turns.add(`${thing}x`);
      },
      { now: () => 0, later: (action) => later.push(action) },
    );
    turns.add('x');
    for (let action = later.shift(); action !== undefined; action = later.shift()) action();
    expect(done).toEqual(['x', 'xx', 'xxx']);
  });
});
