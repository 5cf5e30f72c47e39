import { describe, expect, it } from 'vitest';
import type { Participant } from '../../../mcu/protocol/common.ts';
import type { RoomView } from '../../../web/lib/client/room-view.ts';
import { viewOf } from '../../../web/lib/client/room-view.ts';
import { roomNews } from '../../../web/lib/room-news.ts';
import { qualitySentence, words } from '../../../web/lib/words.ts';

function person(id: string, name: string, hand = false): Participant {
  return {
    ...{ id, name, hand, role: 'guest', audio: true, video: true, source: 'camera' },
    joinedAt: '2025-01-01T00:00:00Z',
  };
}

const before: RoomView = viewOf({
  type: 'joined',
  participantId: 'me',
  resumeToken: 'resume-1',
  room: { name: 'kitchen', layout: 'auto', pinned: null, recording: null },
  participants: [person('me', 'Ana'), person('b', 'Ben')],
  iceServers: [],
  chat: [],
});

const announced = (from: RoomView | null, change: Partial<RoomView>): readonly string[] =>
  roomNews(from, { ...before, ...change }).announcements;

describe('the news of a room', () => {
  it('is none for who comes in, and none while nothing changes', () => {
    const raised = { pinned: 'b', participants: [person('b', 'Ben', true)] };
    expect(announced(null, raised)).toEqual([]);
    expect(roomNews(before, { ...before })).toEqual({ announcements: [], notice: null });
  });

  it('is who was pinned, and that nobody is any more', () => {
    expect(announced(before, { pinned: 'b' })).toEqual([words.tiles.pinned('Ben')]);
    expect(announced(before, { pinned: 'gone' })).toEqual([]);
    expect(announced({ ...before, pinned: 'b' }, {})).toEqual([words.tiles.nobodyPinned]);
  });

  it("is another's raised hand, after who was pinned", () => {
    const participants = [person('me', 'Ana', true), person('b', 'Ben', true)];
    expect(announced(before, { participants, pinned: 'b' })).toEqual([
      words.tiles.pinned('Ben'),
      words.people.handRaised('Ben'),
    ]);
  });

  it('is another quality, or another reason for it, but not the first', () => {
    const high = { type: 'quality', rung: 'high', reason: 'auto', estimateKbps: 2000 } as const;
    const low = { ...high, rung: 'low', reason: 'bandwidth' } as const;
    expect(announced(before, { quality: high })).toEqual([]);
    expect(announced({ ...before, quality: high }, { quality: { ...high } })).toEqual([]);
    expect(announced({ ...before, quality: high }, { quality: low })).toEqual([
      qualitySentence(low),
    ]);
  });

  it('is a message that was not sent, once', () => {
    const failed = { ref: 'a-1', text: 'hello', state: 'failed' } as const;
    const sending = { ...before, outbox: [{ ...failed, state: 'sending' }] } as const;
    const now = { ...before, outbox: [failed] };
    expect(roomNews(sending, now).notice).toBe(words.chat.notSent);
    expect(roomNews(now, { ...now, outbox: [failed] }).notice).toBeNull();
  });
});
