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

/** Video sent to a participant in a span, in kbit/s, headers left out; from the server's log at level trace. */
export function sentKbps(server: TestServer, participant: string, { from, to }: Span): number {
  const bytes = server.log.reduce((sum, line) => {
    if (line.msg !== 'picture sent' || line['participant'] !== participant) return sum;
    const time = Date.parse(String(line['time']));
    return time > from && time <= to ? sum + Number(line['bytes']) : sum;
  }, 0);
  return (bytes * 8) / (to - from);
}
