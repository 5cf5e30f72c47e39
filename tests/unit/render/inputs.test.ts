import { expect, it } from 'vitest';
import { timelineOf } from '../../../mixer/render/inputs.ts';
import { nameOf, parseTimeline, TimelineError } from '../../../mixer/render/timeline.ts';

const nothing = () => false;

it('makes participants of paths, named after their files', () => {
  const timeline = parseTimeline(timelineOf(['a/alice.webm', 'bob.mp4'], {}, nothing));
  expect(timeline.participants).toEqual([
    { id: 'alice', media: 'a/alice.webm', joinAt: 0, mediaOffset: 0 },
    { id: 'bob', media: 'bob.mp4', joinAt: 0, mediaOffset: 0 },
  ]);
  expect(timeline.participants.map(nameOf)).toEqual(['alice', 'bob']);
  expect(timeline.events).toEqual([]);
});

it('understands every option', () => {
  const input = 'bob.mp4,name=Bob B.,at=2.5,until=10,muted,novideo';
  const timeline = parseTimeline(
    timelineOf([input], { size: [640, 360], fps: 30, layout: 'pip' }, nothing),
  );
  expect(timeline).toEqual({
    size: [640, 360],
    fps: 30,
    layout: 'pip',
    participants: [
      { id: 'bob', name: 'Bob B.', media: 'bob.mp4', joinAt: 2.5, leaveAt: 10, mediaOffset: 0 },
    ],
    events: [
      { at: 0, mute: 'bob' },
      { at: 0, videoOff: 'bob' },
    ],
  });
});

it('keeps ids apart where the same file comes twice', () => {
  const { participants } = timelineOf(['a.webm', 'b/a.mp4', 'a.webm', 'a-2.webm'], {}, nothing);
  expect(participants.map(({ id }) => id)).toEqual(['a', 'a-2', 'a-3', 'a-2-2']);
});

it('takes the longest beginning that exists as the path', () => {
  const files = new Set(['one', 'one,two.webm', 'all,name=x']);
  const pathsOf = (input: string) =>
    timelineOf([input], {}, (path) => files.has(path)).participants.map(({ media }) => media);
  expect(pathsOf('one,two.webm,name=Two')).toEqual(['one,two.webm']);
  expect(pathsOf('one,muted')).toEqual(['one']);
  expect(pathsOf('all,name=x')).toEqual(['all,name=x']);
  expect(pathsOf('missing.webm,name=x')).toEqual(['missing.webm']);
});

it.each([
  [',at=2', 'has no path'],
  ['a.webm,at=-1', 'needs as "at" a number of seconds from 0 to 86400'],
  ['a.webm,at=NaN', 'needs as "at" a number of seconds from 0 to 86400'],
  ['a.webm,at=Infinity', 'needs as "at" a number of seconds from 0 to 86400'],
  ['a.webm,until=', 'needs as "until" a number of seconds from 0 to 86400'],
  ['a.webm,until', 'needs as "until" a number of seconds from 0 to 86400'],
  ['a.webm,at=3,until=3', 'must have an "until" later than its "at"'],
  ['a.webm,until=0', 'must have an "until" later than its "at"'],
  ['a.webm,muted=no', 'has a value for "muted", which takes none'],
  ['a.webm,name=', 'needs a name of 1 to 64 characters, none of them a control character'],
  [
    'a.webm,volume=3',
    'has an unknown option "volume"; there are name=TEXT, at=SECONDS, until=SECONDS, muted, novideo',
  ],
])('refuses %s', (input, problem) => {
  expect(() => timelineOf([input], {}, nothing)).toThrow(
    new TimelineError(`The input "${input}" ${problem}.`),
  );
});
