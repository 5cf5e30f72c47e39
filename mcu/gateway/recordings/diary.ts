import type { ChatMessage, LayoutMode, Participant } from '../../protocol/common.ts';
import type { MediaClock } from './media-clock.ts';
import type { RecordedChat, RecordedEvent, RecordedParticipant } from './recording.ts';

/** An event whose place in the media is not known yet. */
type Noted<Kind> = Kind extends unknown ? Omit<Kind, 'at'> & { readonly ms: number } : never;

/** More events than anybody looks at are not kept: who speaks changes often. */
const mostEvents = 50_000;
const mostMessages = 10_000;

/** How a room is laid out. */
export interface RoomLayout {
  readonly mode: LayoutMode;
  readonly pinned: string | null;
}

const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** Who was there while it was recorded, what they did and wrote, and when. */
export class Diary {
  readonly #clock: MediaClock;
  readonly #now: () => number;
  readonly #people = new Map<string, RecordedParticipant>();
  readonly #events: Noted<RecordedEvent>[] = [];
  readonly #chat: Noted<RecordedChat>[] = [];
  #speakers = '';

  /**
   * @param clock - of the media
   * @param now - monotonic milliseconds
   * @param people - who is there
   * @param layout - as it is
   */
  constructor(
    clock: MediaClock,
    now: () => number,
    people: readonly Participant[],
    layout: RoomLayout,
  ) {
    this.#clock = clock;
    this.#now = now;
    for (const participant of people) this.joined(participant);
    this.layout(layout);
  }

  /** Somebody came. */
  joined({ id, name, joinedAt }: Participant): void {
    this.#people.set(id, { id, name, joinedAt, leftAt: null });
    this.#note({ ms: this.#now(), type: 'join', participantId: id, name });
  }

  /** Somebody left. */
  left(id: string): void {
    const person = this.#people.get(id);
    if (person === undefined) return;
    this.#people.set(id, { ...person, leftAt: new Date().toISOString() });
    this.#note({ ms: this.#now(), type: 'leave', participantId: id });
  }

  /** Somebody switched something on or off. */
  changed(before: Participant, after: Participant): void {
    const note = (type: 'mute' | 'unmute' | 'videoOn' | 'videoOff' | 'share' | 'unshare'): void => {
      this.#note({ ms: this.#now(), type, participantId: after.id });
    };
    if (before.audio !== after.audio) note(after.audio ? 'unmute' : 'mute');
    if (before.video !== after.video) note(after.video ? 'videoOn' : 'videoOff');
    if (before.source !== after.source) note(after.source === 'screen' ? 'share' : 'unshare');
  }

  /** Others speak now, the loudest first. */
  speakers(active: readonly string[]): void {
    const speakers = active.join();
    if (speakers === this.#speakers) return;
    this.#speakers = speakers;
    this.#note({ ms: this.#now(), type: 'speakers', active: [...active] });
  }

  /** The room is laid out anew. */
  layout({ mode, pinned }: RoomLayout): void {
    this.#note({ ms: this.#now(), type: 'layout', mode, pinned });
  }

  /** Somebody wrote something. */
  wrote({ from, name, text }: ChatMessage): void {
    if (this.#chat.length < mostMessages) this.#chat.push({ ms: this.#now(), from, name, text });
  }

  /** Whether anything was written. */
  get hasChat(): boolean {
    return this.#chat.length > 0;
  }

  /** Who was there, in the order in which they came. */
  get participants(): RecordedParticipant[] {
    return [...this.#people.values()];
  }

  /** What happened, with seconds of the media. */
  get events(): RecordedEvent[] {
    return this.#events.map(({ ms, ...event }) => ({ at: this.#at(ms), ...event }));
  }

  /** What was written, with seconds of the media. */
  get chat(): RecordedChat[] {
    return this.#chat.map(({ ms, ...message }) => ({ at: this.#at(ms), ...message }));
  }

  #at(ms: number): number {
    return rounded(this.#clock.positionOf(ms));
  }

  #note(event: Noted<RecordedEvent>): void {
    if (this.#events.length < mostEvents) this.#events.push(event);
  }
}
