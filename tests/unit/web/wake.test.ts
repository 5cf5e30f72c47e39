import { expect, it } from 'vitest';
import { watchWake, type WakeSource } from '../../../web/lib/client/wake.ts';

/** A page whose time passes when the test says so. */
class Page implements WakeSource {
  time = 1_000_000;
  beat: (() => void) | null = null;
  show: (() => void) | null = null;

  now(): number {
    return this.time;
  }

  every(_ms: number, action: () => void): () => void {
    this.beat = action;
    return () => {
      this.beat = null;
    };
  }

  onShown(listener: () => void): () => void {
    this.show = listener;
    return () => {
      this.show = null;
    };
  }

  /** Beats once a second, as a page does that is awake. */
  live(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      this.time += 1000;
      this.beat?.();
    }
  }
}

it('a page that was asleep is told so once, by whatever comes first: a late timer, or being shown again', () => {
  const page = new Page();
  let wakes = 0;
  const end = watchWake(page, () => (wakes += 1));
  page.live(100);
  page.show?.();
  expect(wakes).toBe(0);

  page.time += 60_000;
  page.beat?.();
  page.show?.();
  page.live(10);
  expect(wakes).toBe(1);

  page.time += 60_000;
  page.show?.();
  page.live(10);
  expect(wakes).toBe(2);

  // The time of day was put back.
  page.time -= 3_600_000;
  page.live(10);
  expect(wakes).toBe(2);

  end();
  expect([page.beat, page.show]).toEqual([null, null]);
});
