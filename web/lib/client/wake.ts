/** How often a page that is awake notices that it is, milliseconds. */
const beatMs = 1000;
/** So long without a beat, milliseconds, and it was asleep: browsers slow the timers of hidden pages to one a second. */
const asleepMs = 5000;

/** What tells a page that it was asleep. */
export interface WakeSource {
  /** The time of day, milliseconds: other clocks may stand still while the machine sleeps. */
  now(): number;
  /** Runs `action` every `ms` milliseconds while the page is awake, until the returned function is called. */
  every(ms: number, action: () => void): () => void;
  /** Calls `listener` when the page is shown, or resumed, until the returned function is called. */
  onShown(listener: () => void): () => void;
}

/** Calls `listener` when the page runs again after it did not for 5 s or more, until the returned function is called. */
export function watchWake(source: WakeSource, listener: () => void): () => void {
  let last = source.now();
  const look = (): void => {
    const now = source.now();
    const slept = now - last >= asleepMs;
    last = now;
    if (slept) listener();
  };
  const ends = [source.every(beatMs, look), source.onShown(look)];
  return () => {
    for (const end of ends) end();
  };
}
