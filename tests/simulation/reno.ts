import type { Events } from './events.ts';
import type { Link } from './link.ts';

const bytes = 1200;

/**
 * Somebody's download: a window that grows by one packet each round trip and is halved when one is dropped, as TCP Reno
 * does without its slow start. It fills whatever queue there is.
 */
export function sendReno(
  events: Events,
  link: Link,
  fromMs: number,
  toMs: number,
  returnMs: number,
): void {
  let [window, inFlight, halvedMs] = [4, 0, -Infinity];
  const fill = (): void => {
    while (inFlight < window && events.nowMs < toMs) {
      inFlight += 1;
      const sentMs = events.nowMs;
      const isTaken = link.send(bytes, () => {
        events.after(returnMs, () => {
          inFlight -= 1;
          window += 1 / window;
          fill();
        });
      });
      if (isTaken) continue;
      events.after(2 * returnMs, () => {
        inFlight -= 1;
        if (sentMs > halvedMs) {
          window = Math.max(2, window / 2);
          halvedMs = events.nowMs;
        }
        fill();
      });
    }
  };
  events.at(fromMs, fill);
}
