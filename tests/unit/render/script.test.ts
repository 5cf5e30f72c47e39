import { expect, it } from 'vitest';
import { isNeverSeen, Script } from '../../../mixer/render/script.ts';
import { parseTimeline, type TimelineInput } from '../../../mixer/render/timeline.ts';

const timelineWith = (events: TimelineInput['events']) =>
  parseTimeline({
    participants: [
      { id: 'alice', media: 'a' },
      { id: 'bob', media: 'b' },
    ],
    events,
  });

it('plays an event on the first frame that is not before it', () => {
  const script = new Script(
    timelineWith([
      { at: 0.12, mute: 'alice' },
      { at: 0.1201, videoOff: 'bob' },
    ]),
  );
  const seen = [];
  for (let frame = 0; frame < 6; frame += 1) {
    script.advance(frame / 25);
    seen.push([script.role('alice').muted, script.role('bob').videoOff]);
  }
  const [no, yes] = [false, true];
  expect(seen).toEqual([
    [no, no],
    [no, no],
    [no, no],
    [yes, no],
    [yes, yes],
    [yes, yes],
  ]);
});

it('plays events that come in any order in the order of their moments, and equal moments as written', () => {
  const script = new Script(
    timelineWith([
      { at: 3, unshare: 'bob' },
      { at: 1, share: 'bob' },
      { at: 2, layout: 'pip' },
      { at: 2, layout: 'single' },
    ]),
  );
  script.advance(2);
  expect([script.mode, script.role('bob').sharing]).toEqual(['single', true]);
  script.advance(3);
  expect(script.role('bob').sharing).toBe(false);
});

it('a new layout pins whom it names and nobody else; a pin alone keeps the layout', () => {
  const script = new Script(
    timelineWith([
      { at: 1, layout: 'speaker', pinned: 'bob' },
      { at: 2, pinned: 'alice' },
      { at: 3, layout: 'pip' },
      { at: 4, pinned: 'alice' },
      { at: 5, pinned: null },
    ]),
  );
  const seen = [0, 1, 2, 3, 4, 5].map((second) => {
    script.advance(second);
    return [script.mode, script.pinned];
  });
  expect(seen).toEqual([
    ['grid', null],
    ['speaker', 'bob'],
    ['speaker', 'alice'],
    ['pip', null],
    ['pip', 'alice'],
    ['pip', null],
  ]);
});

it.each<[boolean, string, TimelineInput['events']]>([
  [true, 'off from the beginning', [{ at: 0, videoOff: 'bob' }]],
  [true, 'off in time for the join', [{ at: 2, videoOff: 'bob' }]],
  [false, 'never off', []],
  [false, 'off too late', [{ at: 2.5, videoOff: 'bob' }]],
  [
    false,
    'on again for a while',
    [
      { at: 0, videoOff: 'bob' },
      { at: 5, videoOn: 'bob' },
      { at: 6, videoOff: 'bob' },
    ],
  ],
  [
    true,
    'on and off before the join',
    [
      { at: 0, videoOff: 'bob' },
      { at: 1, videoOn: 'bob' },
      { at: 1.5, videoOff: 'bob' },
    ],
  ],
])('unseen: %s for a video that is %s', (unseen, _, events) => {
  expect(isNeverSeen(timelineWith(events), 'bob', 2)).toBe(unseen);
});
