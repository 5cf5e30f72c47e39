import type { RoomView } from './client/index.ts';
import { newHands } from './people.ts';
import { qualitySentence, words } from './words.ts';

/** What changed in a room, for people. What of it is a recording's is in `recording-news.ts`. */
export interface RoomNews {
  /** For screen readers: what others see, in the order it is to be said. */
  readonly announcements: readonly string[];
  /** For everybody: what did not work. */
  readonly notice: string | null;
}

/**
 * What to say when the view of a room changes.
 * @param before - null where one was not in the room yet: nothing has changed then
 */
export function roomNews(before: RoomView | null, now: RoomView): RoomNews {
  if (before === null) return { announcements: [], notice: null };
  const said = [pinnedNews(before, now), handNews(before, now), qualityNews(before, now)];
  return {
    announcements: said.filter((each) => each !== null),
    notice: failedCount(now) > failedCount(before) ? words.chat.notSent : null,
  };
}

function pinnedNews(before: RoomView, { pinned, participants }: RoomView): string | null {
  if (before.pinned === pinned) return null;
  if (pinned === null) return words.tiles.nobodyPinned;
  const who = participants.find(({ id }) => id === pinned);
  return who === undefined ? null : words.tiles.pinned(who.name);
}

function handNews(before: RoomView, { participants, selfId }: RoomView): string | null {
  if (before.participants === participants) return null;
  const [first] = newHands(before.participants, participants, selfId);
  return first === undefined ? null : words.people.handRaised(first.name);
}

/** What one gets now, when that has changed while one was looking. */
function qualityNews({ quality: before }: RoomView, { quality: now }: RoomView): string | null {
  if (before === null || now === null) return null;
  return before.rung === now.rung && before.reason === now.reason ? null : qualitySentence(now);
}

const failedCount = ({ outbox }: RoomView): number =>
  outbox.filter(({ state }) => state === 'failed').length;
