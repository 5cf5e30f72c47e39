import { timingSafeEqual } from 'node:crypto';
import type { Participant, QualityCap } from '../protocol/common.ts';
import type { ServerMessage } from '../protocol/server.ts';
import { digestOf, makeResumeToken } from './resume-token.ts';
import type { Connection } from './room-context.ts';

/** Where somebody is. */
export type Whereabouts =
  /** In the room; `sinceMs`: monotonic milliseconds. */
  | { readonly kind: 'here'; readonly connection: Connection; readonly sinceMs: number }
  /** Their connection is gone, and nobody else is told: they may come back until the timer ends. */
  | { readonly kind: 'away'; readonly timer: NodeJS.Timeout }
  /** They have left, as far as others know; they may come back until the timer ends. */
  | { readonly kind: 'out'; readonly timer: NodeJS.Timeout };

/** Somebody of a room. */
export interface Member {
  participant: Participant;
  /** The best rung they want to receive. Kept here: a new room process has to know. */
  quality: QualityCap;
  /** Whether what they share has sound. Kept here for the same reason. */
  shareAudio: boolean;
  /** Their place among all who ever joined. */
  readonly order: number;
  readonly where: Whereabouts;
  /** The id of their connection, or of the last one they had. */
  readonly join: string;
  /** Whether they come from a private address: see {@link Connection.isPrivate}. */
  readonly isPrivate: boolean;
  /** Whether the room's media was restarted, and they have not answered its new offer: they may not know. */
  resetIsOpen: boolean;
  /** Who has muted them, while they have not said a word about their microphone since: they may not know. */
  mutedBy: string | null;
}

/** What log lines about somebody carry. */
export const idsOf = ({ participant, join }: Member): { participant: string; join: string } => ({
  participant: participant.id,
  join,
});

const isSeen = ({ participant }: Member): boolean => participant.role !== 'viewer';

type Entry = { -readonly [K in keyof Member]: Member[K] } & { digest: Buffer | null };

/** What {@link Members} needs of its room. */
export interface MembersContext {
  /** How long one may come back; 0: not at all. */
  readonly resumeMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** The time of somebody who was away, or out, is over. */
  over(member: Member): void;
}

/** Who is in a room, who is away from it for a while, and who may come back to it. */
export class Members {
  readonly #context: MembersContext;
  readonly #entries = new Map<string, Entry>();
  #joined = 0;

  constructor(context: MembersContext) {
    this.#context = context;
  }

  /** Everybody in the room, in the order they joined; those who are away included. */
  get all(): Member[] {
    // They were put in in that order, and who is out for a while keeps their place.
    return Array.from(this.#entries.values()).filter(({ where }) => where.kind !== 'out');
  }

  /** How many that are. */
  get size(): number {
    return this.all.length;
  }

  /** How many of those have a tile: not who only watches. */
  get seen(): number {
    return this.all.filter(isSeen).length;
  }

  /** Whether somebody who has a tile is in the room, or may come back to it. */
  get mayBeSeen(): boolean {
    return Array.from(this.#entries.values()).some(isSeen);
  }

  /** Whether nobody is in the room, nor may come back to it. */
  get isDeserted(): boolean {
    return this.#entries.size === 0;
  }

  /** Somebody in the room. */
  get(id: string): Member | undefined {
    const entry = this.#entries.get(id);
    return entry?.where.kind === 'out' ? undefined : entry;
  }

  /** Takes in somebody new. */
  add(participant: Participant, connection: Connection): Member {
    this.#joined += 1;
    const entry: Entry = {
      participant,
      quality: 'auto',
      shareAudio: false,
      mutedBy: null,
      order: this.#joined,
      where: { kind: 'here', connection, sinceMs: this.#context.now() },
      join: connection.id,
      isPrivate: connection.isPrivate,
      resetIsOpen: false,
      digest: null,
    };
    this.#entries.set(participant.id, entry);
    return entry;
  }

  /** A new token to come back with; the one before is good for nothing any more. */
  newToken({ participant }: Member): string {
    const { token, digest } = makeResumeToken();
    const entry = this.#entries.get(participant.id);
    if (entry !== undefined) entry.digest = digest;
    return token;
  }

  /** Whose token that is. */
  ownerOf(token: string): Member | undefined {
    const asked = digestOf(token);
    return Array.from(this.#entries.values()).find(
      ({ digest }) => digest !== null && timingSafeEqual(digest, asked),
    );
  }

  /** Somebody has a connection again. */
  comeBack({ participant }: Member, connection: Connection): void {
    const entry = this.#entries.get(participant.id);
    if (entry === undefined) return;
    this.#settle(entry);
    entry.where = { kind: 'here', connection, sinceMs: this.#context.now() };
    entry.join = connection.id;
    entry.isPrivate = connection.isPrivate;
  }

  /** Somebody's connection is gone, or they are out. @returns whether they may come back */
  expect({ participant }: Member, kind: 'away' | 'out'): boolean {
    const entry = this.#entries.get(participant.id);
    const { resumeMs } = this.#context;
    if (entry === undefined || resumeMs === 0) return false;
    this.#settle(entry);
    const timer = setTimeout(() => {
      if (kind === 'out') this.#entries.delete(participant.id);
      this.#context.over(entry);
    }, resumeMs);
    entry.where = { kind, timer };
    return true;
  }

  /** Somebody is gone for good. */
  delete(id: string): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) this.#settle(entry);
    this.#entries.delete(id);
  }

  /** Sends a message to somebody; nothing where they are not here. */
  send({ where }: Member, message: ServerMessage): void {
    if (where.kind === 'here') where.connection.send(message);
  }

  /** Sends a message to everybody who is here. */
  broadcast(message: ServerMessage, except: readonly string[] = []): void {
    for (const [id, entry] of this.#entries) if (!except.includes(id)) this.send(entry, message);
  }

  /** Forgets everybody. @returns the connections there were */
  clear(): Connection[] {
    const connections: Connection[] = [];
    for (const entry of this.#entries.values()) {
      this.#settle(entry);
      if (entry.where.kind === 'here') connections.push(entry.where.connection);
    }
    this.#entries.clear();
    return connections;
  }

  #settle({ where }: Entry): void {
    if (where.kind !== 'here') clearTimeout(where.timer);
  }
}
