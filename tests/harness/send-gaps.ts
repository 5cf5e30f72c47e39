import type { SentFrame, TestServer } from './server.ts';

/**
 * The longest time between two pictures that were sent to one and the same participant of a room, in milliseconds; from the
 * server's log at level trace.
 * @param from - of the span that is looked at; milliseconds of Unix time
 * @param to - its end
 */
export function longestSendGap(server: TestServer, room: string, from: number, to: number): number {
  const last = new Map<string, number>();
  let longest = 0;
  for (const line of server.log) {
    if (line.msg !== 'picture sent' || line['room'] !== room) continue;
    const time = Date.parse(String(line['time']));
    if (time < from || time > to) continue;
    const { participant, at } = line as unknown as SentFrame;
    const before = last.get(participant);
    if (before !== undefined) longest = Math.max(longest, at - before);
    last.set(participant, at);
  }
  // Nothing at all is the longest gap there is.
  return last.size === 0 ? to - from : longest;
}
