import { clientMessageSchema } from '../../../mcu/protocol/client.ts';
import { maxMessageBytes } from '../../../mcu/protocol/common.ts';
import { frameAtHome, HostileClient } from './client.ts';
import { type HostileFrame, hostileStep, type HostileStep, joinMessage } from './messages.ts';
import { fuzzSeed, generate } from './seed.ts';

/** What was sent, and what came of it. */
export interface PlayTally {
  sent: number;
  /** Of these, how many the schema of clients' messages takes. */
  valid: number;
  joins: number;
  connections: number;
  /** Errors that were told, by code. */
  readonly errors: Map<string, number>;
  /** What must not be; empty when all is well. */
  readonly wrong: string[];
}

/** A tally of nothing. */
export const emptyTally = (): PlayTally => ({
  sent: 0,
  valid: 0,
  joins: 0,
  connections: 0,
  errors: new Map(),
  wrong: [],
});

const usualJoin = (room: string, name: string, resume: string | null): HostileFrame => ({
  data: JSON.stringify({
    type: 'join',
    protocol: 1,
    room,
    name,
    ...(resume !== null && { resume }),
  }),
  binary: false,
});

/** Whether a frame is a message as the schema has it, and whether the connection ends with it. */
function read({ data, binary, valid }: HostileFrame): { valid: boolean; ends: boolean } {
  if (valid === true) return { valid, ends: false };
  const bytes = typeof data === 'string' ? Buffer.byteLength(data) : data.length;
  if (bytes > maxMessageBytes) return { valid: false, ends: true };
  if (binary) return { valid: false, ends: false };
  // A text frame given as bytes is made of what is not UTF-8.
  if (typeof data !== 'string') return { valid: false, ends: true };
  try {
    const message = clientMessageSchema.safeParse(JSON.parse(data));
    return message.success
      ? { valid: true, ends: message.data.type === 'leave' }
      : { valid: false, ends: false };
  } catch {
    return { valid: false, ends: false };
  }
}

/** One of the clients of a room, with its connections one after the other. */
class Seat {
  readonly #url: string;
  readonly #room: string;
  readonly #tally: PlayTally;
  readonly #joins: Generator<Record<string, unknown>>;
  #client: HostileClient | null = null;
  #resume: string | null = null;
  #invalid = 0;

  constructor(url: string, room: string, seed: number, tally: PlayTally) {
    this.#url = url;
    this.#room = room;
    this.#tally = tally;
    this.#joins = generate(joinMessage(room), Infinity, seed);
  }

  get id(): string | null {
    return this.#client?.id ?? null;
  }

  async send(frame: HostileFrame, ids: readonly string[]): Promise<void> {
    const client = await this.#enter();
    if (client === null) return;
    const { ends } = this.#give(client, frameAtHome(frame), ids);
    if (ends) await this.#leave(client);
  }

  async go(how: 'cut' | 'away' | 'leave'): Promise<void> {
    const client = this.#client;
    if (client?.isOpen !== true) return;
    if (how !== 'leave') {
      await client.settled();
      await client.drop(how);
      this.#account(client);
      return;
    }
    this.#give(client, { data: '{"type":"leave"}', binary: false }, []);
    await this.#leave(client);
  }

  /** Resolves when all that was sent is done with; then every error must have been told. */
  async settled(): Promise<void> {
    const client = this.#client;
    if (client === null) return;
    await client.settled();
    // Who was shown the door meanwhile is told nothing any more.
    if (client.isOpen && client.errors.length < this.#invalid) {
      this.#tally.wrong.push(
        `${String(this.#invalid)} bad messages, ${String(client.errors.length)} errors told`,
      );
    }
  }

  /** Goes in: now and then with a message that is not quite right, and then with one that is. */
  async #enter(): Promise<HostileClient | null> {
    if (this.#client?.isOpen === true) return this.#client;
    if (this.#client !== null) this.#account(this.#client);
    for (const attempt of ['odd', 'usual']) {
      const client = await HostileClient.connect(this.#url);
      this.#client = client;
      this.#invalid = 0;
      this.#tally.connections += 1;
      const odd = { data: JSON.stringify(this.#joins.next().value), binary: false };
      const frame = attempt === 'odd' ? odd : usualJoin(this.#room, 'Usual', this.#resume);
      this.#tally.joins += 1;
      this.#give(client, frame, []);
      await client.entered();
      this.#resume = client.resumeToken;
      if (client.id !== null && client.isOpen) return client;
      await client.ended();
      this.#account(client);
    }
    return null;
  }

  #give(client: HostileClient, frame: HostileFrame, ids: readonly string[]): { ends: boolean } {
    const sent = client.send(frame, ids);
    const { valid, ends } = read(sent);
    this.#tally.sent += 1;
    if (valid) this.#tally.valid += 1;
    else if (typeof sent.data === 'string' || sent.binary) this.#invalid += 1;
    return { ends };
  }

  async #leave(client: HostileClient): Promise<void> {
    await client.ended().catch(() => this.#tally.wrong.push('a connection was not closed'));
    this.#account(client);
  }

  #account(client: HostileClient): void {
    if (this.#client === client) this.#client = null;
    this.#tally.wrong.push(...client.wrong.splice(0));
    for (const code of client.errors.splice(0)) {
      this.#tally.errors.set(code, (this.#tally.errors.get(code) ?? 0) + 1);
    }
  }

  async close(): Promise<void> {
    await this.settled();
    await this.go('leave');
    if (this.#client !== null) this.#account(this.#client);
  }
}

/**
 * Plays what three clients of a room do, some thousands of times.
 * @param url - of the gateway
 * @param room - its name, one for each player at work
 * @param messages - so many are sent
 * @param seed - what is sent
 * @param scene - so many steps, then all leave and others come
 */
export async function play(
  url: string,
  room: string,
  messages: number,
  seed = fuzzSeed,
  scene = 600,
): Promise<PlayTally> {
  const tally = emptyTally();
  const steps = generate(hostileStep, Infinity, seed);
  while (tally.sent < messages) {
    const seats = [1, 2, 3].map((place) => new Seat(url, room, seed + place, tally));
    for (let step = 0; step < scene && tally.sent < messages; step += 1) {
      const next = steps.next().value as HostileStep;
      const seat = seats[next.who]!;
      if (next.kind === 'go') await seat.go(next.how);
      else
        await seat.send(
          next.frame,
          seats.map(({ id }) => id ?? 'nobody'),
        );
    }
    for (const seat of seats) await seat.close();
  }
  return tally;
}

/** All of them together. */
export function sumOf(tallies: readonly PlayTally[]): PlayTally {
  const sum = emptyTally();
  for (const { sent, valid, joins, connections, errors, wrong } of tallies) {
    sum.sent += sent;
    sum.valid += valid;
    sum.joins += joins;
    sum.connections += connections;
    sum.wrong.push(...wrong);
    for (const [code, count] of errors) sum.errors.set(code, (sum.errors.get(code) ?? 0) + count);
  }
  return sum;
}
