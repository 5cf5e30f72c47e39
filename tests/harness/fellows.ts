import type { Person } from './chromium.ts';
import type { Span } from './seen.ts';
import type { TestServer } from './server.ts';

/** Ids of the others in a person's room, by their names. */
export function fellowsOf(person: Person): Map<string, string> {
  const fellows = new Map<string, string>();
  for (const message of person.received) {
    const named =
      message.type === 'joined'
        ? message.participants
        : message.type === 'participant'
          ? [message.participant]
          : [];
    for (const { id, name } of named) if (id !== person.id) fellows.set(name, id);
  }
  return fellows;
}

/** Who was said to speak in a span, by the messages a person got. */
export function speakersIn({ received, receivedAt }: Person, { from, to }: Span): Set<string> {
  return new Set(
    received.flatMap((message, index) => {
      const at = receivedAt[index]!;
      return message.type === 'speakers' && at >= from && at <= to ? message.active : [];
    }),
  );
}

/** Bits of each picture sent to a participant in a span, in the mean, headers left out; needs `traced`. */
export function sentBits(server: TestServer, participant: string, { from, to }: Span): number {
  const { isOfPicture } = server;
  const sizes = server.log.flatMap((line) => {
    if (!isOfPicture(line) || line['participant'] !== participant) return [];
    const time = Date.parse(String(line['time']));
    return time > from && time <= to ? [Number(line['bytes']) * 8] : [];
  });
  return sizes.reduce((sum, bits) => sum + bits, 0) / sizes.length;
}
