import { setImmediate } from 'node:timers/promises';

/** So long, in milliseconds, things may keep the event loop before pictures and sound have their turn. */
const shareMs = 4;

/**
 * Does something with each of these, with a turn of the event loop in between whenever that has taken a few milliseconds: a call
 * into libwebrtc waits for its threads, and several in a row would keep a picture that is ready from its receivers.
 *
 * @param work - must not throw
 * @param now - milliseconds of a monotonic clock
 * @param nextTurn - of the event loop
 */
export async function inTurns<Thing>(
  things: Iterable<Thing>,
  work: (thing: Thing) => void,
  now: () => number = () => performance.now(),
  nextTurn: () => Promise<unknown> = setImmediate,
): Promise<void> {
  let endMs = now() + shareMs;
  for (const thing of things) {
    if (now() >= endMs) {
      await nextTurn();
      endMs = now() + shareMs;
    }
    work(thing);
  }
}
