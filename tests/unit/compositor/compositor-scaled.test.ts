import { afterEach, describe, expect, it } from 'vitest';
import { Compositor } from '../../../mixer/compositor/compositor.ts';
import { castMember, cast, dismissCast } from './cast.ts';
import { bytesOf } from './pictures.ts';

const hd = { width: 1280, height: 720 };
const low = { width: 320, height: 180, layoutSize: hd };
const grid = { mode: 'grid', pinned: null, speaker: null, page: 0 } as const;
/** Somebody without a picture: their placeholder has to be drawn. */
const unseen = (count: number) => cast(count).map((member) => ({ ...member, source: null }));

describe('a compositor of a smaller picture', () => {
  let compositor: Compositor | null = null;
  afterEach(() => {
    compositor?.close();
    dismissCast();
  });

  it('has the tiles of the large one, and as many, where a layout of its own would have fewer', () => {
    compositor = new Compositor(low);
    compositor.setScene(cast(49), grid);
    expect(compositor.tiles.length).toBe(49);
    expect(compositor.overflow).toBeNull();
    const own = new Compositor({ width: 320, height: 180 });
    own.setScene(cast(49), grid);
    expect(own.tiles.length).toBeLessThan(49);
    own.close();
  });

  it('shows everybody on its first picture, as on all that follow', () => {
    compositor = new Compositor(low);
    compositor.setScene(cast(9), grid);
    compositor.compose(0);
    expect(compositor.isComplete).toBe(true);
    const first = bytesOf(compositor.frame);
    compositor.compose(1000);
    expect(bytesOf(compositor.frame).equals(first)).toBe(true);
  });

  it('says when all is drawn where only some may be drawn for each picture', () => {
    compositor = new Compositor({ ...low, placeholdersPerFrame: 2 });
    compositor.setScene(unseen(9), grid);
    const complete: boolean[] = [];
    for (let k = 0; k < 8; k += 1) {
      compositor.compose(40 * k);
      complete.push(compositor.isComplete);
    }
    // Placeholders two by two, and as many badges of who is muted or raises a hand.
    expect(complete.indexOf(true)).toBe(4);
    expect(complete.slice(4)).toEqual([true, true, true, true]);
    compositor.setScene([...unseen(9), { ...castMember(10), source: null }], grid);
    expect(compositor.isComplete).toBe(false);
  });

  it('moves everybody, like the large one', () => {
    compositor = new Compositor({ ...low, transitionMs: 250 });
    compositor.setScene(cast(4), grid);
    compositor.compose(0);
    const before = bytesOf(compositor.frame);
    compositor.setScene(cast(6), grid);
    compositor.compose(100);
    const between = bytesOf(compositor.frame);
    compositor.compose(300);
    const after = bytesOf(compositor.frame);
    expect([before.equals(between), between.equals(after)]).toEqual([false, false]);
    const fresh = new Compositor(low);
    fresh.setScene(cast(6), grid);
    fresh.compose(0);
    expect(bytesOf(fresh.frame).equals(after)).toBe(true);
    fresh.close();
  });
});
