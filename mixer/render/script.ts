import type { Timeline, TimelineEvent } from './timeline.ts';

/** Moments that differ by less than this, in seconds, are the same: k/25 is not exact. */
const sameMoment = 1e-9;

/** Whether a moment has come. All in seconds of the output. */
export function hasCome(moment: number, now: number): boolean {
  return now >= moment - sameMoment;
}

/** What a timeline's events have made of a participant. */
export interface Role {
  muted: boolean;
  videoOff: boolean;
  sharing: boolean;
}

/** A timeline's events, played in order: an event takes effect at the first moment that is not before it. */
export class Script {
  readonly #events: readonly TimelineEvent[];
  readonly #roles: ReadonlyMap<string, Role>;
  #next = 0;
  #mode: Timeline['layout'];
  #pinned: string | null = null;

  constructor({ layout, participants, events }: Timeline) {
    this.#mode = layout;
    this.#events = inOrder(events);
    this.#roles = new Map(
      participants.map(({ id }) => [id, { muted: false, videoOff: false, sharing: false }]),
    );
  }

  /** How the picture is arranged now. */
  get mode(): Timeline['layout'] {
    return this.#mode;
  }

  /** Who is pinned now. */
  get pinned(): string | null {
    return this.#pinned;
  }

  /** What the participant `id` does now. */
  role(id: string): Readonly<Role> {
    const role = this.#roles.get(id);
    if (!role) throw new Error(`The timeline has no participant "${id}".`);
    return role;
  }

  /** Plays the events up to a moment, never back. */
  advance(seconds: number): void {
    for (; ; this.#next += 1) {
      const event = this.#events[this.#next];
      if (event === undefined || !hasCome(event.at, seconds)) return;
      this.#play(event);
    }
  }

  #play(event: TimelineEvent): void {
    if (event.layout !== undefined) {
      this.#mode = event.layout;
      this.#pinned = event.pinned ?? null;
    } else if (event.pinned !== undefined) {
      this.#pinned = event.pinned;
    }
    this.#set(event.mute, 'muted', true);
    this.#set(event.unmute, 'muted', false);
    this.#set(event.videoOff, 'videoOff', true);
    this.#set(event.videoOn, 'videoOff', false);
    this.#set(event.share, 'sharing', true);
    this.#set(event.unshare, 'sharing', false);
  }

  #set(id: string | undefined, key: keyof Role, value: boolean): void {
    const role = id === undefined ? undefined : this.#roles.get(id);
    if (role) role[key] = value;
  }
}

/** Whether somebody's video is never switched on while they are there. */
export function isNeverSeen({ events }: Timeline, id: string, joinAt: number): boolean {
  let off = false;
  for (const { at, videoOn, videoOff } of inOrder(events)) {
    if (videoOn === id) {
      off = false;
    } else if (videoOff === id) {
      // Seen since they joined, for however short a while.
      if (!off && at > joinAt) return false;
      off = true;
    }
  }
  return off;
}

/** Events in the order of their moments; equal moments stay as written. */
export function inOrder(events: readonly TimelineEvent[]): TimelineEvent[] {
  return events.toSorted((a, b) => a.at - b.at);
}
