import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  nameOf,
  parseTimeline,
  TimelineError,
  type TimelineInput,
} from '../../../mixer/render/timeline.ts';

const alice = { id: 'alice', media: 'media/alice.webm' };
const bob = { id: 'bob', name: 'Bob', media: 'bob.mp4', joinAt: 2, leaveAt: 10, mediaOffset: 1.5 };

/** The contract's own example, with everybody it names. */
const example = {
  size: [1280, 720],
  fps: 25,
  layout: 'grid',
  duration: 20,
  participants: [
    { id: 'alice', name: 'Alice', media: 'alice.webm', joinAt: 0, leaveAt: 15, mediaOffset: 0 },
  ],
  events: [
    { at: 5, layout: 'speaker', pinned: 'alice' },
    { at: 8, mute: 'alice' },
    { at: 9, unmute: 'alice' },
    { at: 10, videoOff: 'alice' },
    { at: 11, videoOn: 'alice' },
    { at: 12, share: 'alice' },
    { at: 14, unshare: 'alice' },
  ],
};

const refused = (timeline: unknown): string => {
  try {
    parseTimeline(timeline);
  } catch (error) {
    if (error instanceof TimelineError) return error.message;
    throw error;
  }
  throw new Error('The timeline was accepted.');
};

it('takes the example of the reference as it is', () => {
  expect(parseTimeline(example)).toEqual(example);
});

it('fills in what is missing', () => {
  const timeline = parseTimeline({ participants: [alice] });
  expect(timeline).toEqual({
    size: [1280, 720],
    fps: 25,
    layout: 'grid',
    participants: [{ ...alice, joinAt: 0, mediaOffset: 0 }],
    events: [],
  });
  expect(timeline.participants.map(nameOf)).toEqual(['alice']);
});

it('takes what it gave', () => {
  const timeline = parseTimeline({ participants: [alice, bob], events: [{ at: 1, pinned: null }] });
  expect(parseTimeline(timeline)).toEqual(timeline);
});

it.each<[string, (timeline: TimelineInput) => unknown]>([
  ['The timeline must be an object with "participants".', () => 7],
  ['The timeline must be an object with "participants".', () => null],
  ['The timeline has an unknown key "sise".', (t) => ({ ...t, sise: [1, 2] })],
  ['participants must be a list of participants.', () => ({})],
  ['participants must be a list of at least one participant.', () => ({ participants: [] })],
  ['size must be a list of width and height.', (t) => ({ ...t, size: '1280x720' })],
  [
    'size[0] must be an even number of pixels from 16 to 8192.',
    (t) => ({ ...t, size: [99999, 99999] }),
  ],
  [
    'size[1] must be an even number of pixels from 16 to 8192.',
    (t) => ({ ...t, size: [640, 361] }),
  ],
  [
    'size[1] must be an even number of pixels from 16 to 8192.',
    (t) => ({ ...t, size: [640, NaN] }),
  ],
  ['fps must be a number from 1 to 120.', (t) => ({ ...t, fps: 0 })],
  ['fps must be a number from 1 to 120.', (t) => ({ ...t, fps: NaN })],
  ['fps must be a number from 1 to 120.', (t) => ({ ...t, fps: Infinity })],
  ['fps must be a number from 1 to 120.', (t) => ({ ...t, fps: '25' })],
  [
    'layout must be one of auto, grid, speaker, presentation, pip, single.',
    (t) => ({ ...t, layout: 'tiles' }),
  ],
  ['duration must be more than 0 seconds.', (t) => ({ ...t, duration: 0 })],
  ['duration must be a number of seconds from 0 to 86400.', (t) => ({ ...t, duration: Infinity })],
  [
    'participants[1].joinAt must be a number of seconds from 0 to 86400.',
    (t) => ({ ...t, participants: [alice, { ...bob, joinAt: -1 }] }),
  ],
  [
    'participants[1].mediaOffset must be a number of seconds from 0 to 86400.',
    (t) => ({ ...t, participants: [alice, { ...bob, mediaOffset: NaN }] }),
  ],
  [
    'participants[1].leaveAt (2) must be later than its joinAt (2).',
    (t) => ({ ...t, participants: [alice, { ...bob, leaveAt: 2 }] }),
  ],
  [
    'participants[1].id "alice" is that of another participant too.',
    (t) => ({ ...t, participants: [alice, { ...bob, id: 'alice' }] }),
  ],
  [
    'participants[0].media must be the path of a file.',
    (t) => ({ ...t, participants: [{ id: 'alice' }] }),
  ],
  [
    'participants[0] has an unknown key "join".',
    (t) => ({ ...t, participants: [{ ...alice, join: 4 }] }),
  ],
  [
    'participants[0] must be an object such as {"id": "alice", "media": "alice.webm"}.',
    (t) => ({ ...t, participants: ['alice.webm'] }),
  ],
  [
    'participants[0].name must be a text of 1 to 64 characters, none of them a control character.',
    (t) => ({ ...t, participants: [{ ...alice, name: 'A\nB' }] }),
  ],
  [
    'events[0].at must be a number of seconds from 0 to 86400.',
    (t) => ({ ...t, events: [{ at: -0.5, mute: 'bob' }] }),
  ],
  ['events[0].at must be a number of seconds from 0 to 86400.', (t) => ({ ...t, events: [{}] })],
  [
    'events[1].unmute "carol" is the id of no participant.',
    (t) => ({
      ...t,
      events: [
        { at: 1, mute: 'bob' },
        { at: 1, unmute: 'carol' },
      ],
    }),
  ],
  [
    'events[0].pinned "carol" is the id of no participant.',
    (t) => ({ ...t, events: [{ at: 1, layout: 'speaker', pinned: 'carol' }] }),
  ],
  [
    'events[0] must have exactly one of layout (with or without pinned), pinned, mute, unmute, videoOff, videoOn, share, unshare.',
    (t) => ({ ...t, events: [{ at: 1 }] }),
  ],
  [
    'events[0] must have exactly one of layout (with or without pinned), pinned, mute, unmute, videoOff, videoOn, share, unshare.',
    (t) => ({ ...t, events: [{ at: 1, mute: 'bob', share: 'bob' }] }),
  ],
  ['events[0] has an unknown key "kick".', (t) => ({ ...t, events: [{ at: 1, kick: 'bob' }] })],
])('says: %s', (sentence, change) => {
  expect(refused(change({ participants: [alice, bob] }))).toBe(sentence);
});

it('refuses whatever else it may be given in one line', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(refused(value)).toMatch(/^[^\n]+\.$/);
    }),
  );
});
