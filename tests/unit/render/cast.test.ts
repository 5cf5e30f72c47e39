import { expect, it } from 'vitest';
import { castOf, isPresent } from '../../../mixer/render/cast.ts';
import { soundSwitches } from '../../../mixer/render/sound-switches.ts';
import { parseTimeline, type TimelineInput } from '../../../mixer/render/timeline.ts';

const film = { durationSeconds: 10, hasVideo: true, hasAudio: true, matrix: 'bt709' } as const;
const song = { ...film, hasVideo: false, matrix: null };
const still = { durationSeconds: Infinity, hasVideo: true, hasAudio: false, matrix: null };
const library = { film, song, still };

const castFor = (participants: TimelineInput['participants'], rest: Partial<TimelineInput> = {}) =>
  castOf(
    parseTimeline({ participants, ...rest }),
    (media) => library[media as keyof typeof library],
  );

it('people leave when their media ends, or when they are told to', () => {
  const { members, endsAt } = castFor([
    { id: 'a', media: 'film', joinAt: 3 },
    { id: 'b', media: 'film', joinAt: 1, mediaOffset: 4 },
    { id: 'c', media: 'song', leaveAt: 2 },
    { id: 'd', media: 'song', leaveAt: 99 },
  ]);
  expect(members.map(({ id, joinAt, leaveAt, isCut }) => [id, joinAt, leaveAt, isCut])).toEqual([
    ['c', 0, 2, true],
    ['d', 0, 10, false],
    ['b', 1, 7, false],
    ['a', 3, 13, false],
  ]);
  expect(endsAt).toBe(13);
});

it('a duration ends everything, or lets it go on', () => {
  const shorter = castFor(
    [
      { id: 'a', media: 'film' },
      { id: 'b', media: 'film', joinAt: 4 },
    ],
    { duration: 4 },
  );
  expect(shorter).toMatchObject({ endsAt: 4, members: [{ id: 'a', leaveAt: 4, isCut: true }] });
  expect(shorter.members).toHaveLength(1);
  expect(castFor([{ id: 'a', media: 'film' }], { duration: 60 })).toMatchObject({
    endsAt: 60,
    members: [{ leaveAt: 10, isCut: false }],
  });
});

it('a still picture stays to the end; with nothing else there is none', () => {
  const { members } = castFor([
    { id: 'a', media: 'still', joinAt: 2 },
    { id: 'b', media: 'film', joinAt: 1 },
    { id: 'c', media: 'still', leaveAt: 5 },
  ]);
  expect(members.map(({ id, leaveAt }) => [id, leaveAt])).toEqual([
    ['c', 5],
    ['b', 11],
    ['a', 11],
  ]);
  expect(castFor([{ id: 'a', media: 'still' }]).endsAt).toBe(Infinity);
});

it('the first video decides the colour matrix', () => {
  expect(castFor([{ id: 'a', media: 'song' }]).matrix).toBe('bt601');
  const [a, b] = [
    { id: 'a', media: 'still' },
    { id: 'b', media: 'film' },
  ];
  expect(castFor([a, b]).matrix).toBe('bt601');
  expect(castFor([b, a]).matrix).toBe('bt709');
});

it('an offset behind the end of the media is refused', () => {
  expect(() => castFor([{ id: 'a', media: 'film', mediaOffset: 10 }])).toThrow(
    'The mediaOffset of "a" (10) is not before the end of film (10.00 s).',
  );
});

it('whoever joins at a moment is there, whoever leaves is gone', () => {
  const [member] = castFor([{ id: 'a', media: 'film', joinAt: 0.1, leaveAt: 0.3 }]).members;
  // 3 / 10 is less than 0.1 + 0.2.
  const there = [0, 1, 2, 3, 4].map((frame) => isPresent(member!, frame / 10));
  expect(there).toEqual([false, true, true, false, false]);
});

it('sound is faded where it is cut, and mutes stay what they are', () => {
  const events = [
    { at: 4, unmute: 'a' },
    { at: 1, mute: 'a' },
    { at: 7, mute: 'a' },
  ];
  const switchesFor = (rest: object) => {
    const participants = [{ id: 'a', media: 'film', ...rest }];
    const [member] = castFor(participants).members;
    return soundSwitches(parseTimeline({ participants, events }), member!);
  };
  const [off, on] = [false, true];
  const mutes = [
    { at: 48_000, on: off },
    { at: 192_000, on },
    { at: 336_000, on: off },
  ];
  expect(switchesFor({})).toEqual(mutes);
  // Faded out in the last 5 ms.
  expect(switchesFor({ leaveAt: 5 })).toEqual([...mutes.slice(0, 2), { at: 239_760, on: off }]);
  // Faded in from the join on, unless muted then.
  expect(switchesFor({ joinAt: 5, mediaOffset: 2 })).toEqual([
    { at: 240_000, on: off },
    { at: 240_001, on },
    { at: 336_000, on: off },
  ]);
  expect(switchesFor({ joinAt: 2, mediaOffset: 2 })).toEqual([
    { at: 96_000, on: off },
    ...mutes.slice(1),
  ]);
});
